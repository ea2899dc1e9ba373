"""Texts and identities of proposals."""

import re

from chain.abi import function, keccak_hex
from common.errors import InvalidInput

MAX_DESCRIPTION_CHARACTERS = 20_000
MAX_TITLE_CHARACTERS = 120
_SUFFIX = re.compile(r"\s*#proposer=0x[0-9a-fA-F]{40}\s*\Z")
_HASHED = function(
    "hashProposal(address[] targets, uint256[] values, bytes[] calldatas, bytes32 descriptionHash)"
)


def with_proposer(description: str, proposer: str) -> str:
    """The description with the suffix by which the Governor lets nobody but `proposer` propose it.

    Without it a watcher could copy a pending proposal, be first, and cancel it.
    """
    text = _SUFFIX.sub("", description).strip()
    if not text:
        raise InvalidInput("Say what the proposal is for.", field="description")
    if len(text) > MAX_DESCRIPTION_CHARACTERS:
        raise InvalidInput(
            f"The description has {len(text)} characters; at most {MAX_DESCRIPTION_CHARACTERS} are kept.",
            field="description",
        )
    return f"{text}\n#proposer={proposer}"


def title_of(description: str) -> str:
    """The first line of a description without Markdown's heading signs and without the proposer's suffix."""
    lines = _SUFFIX.sub("", description).strip().splitlines()
    title = lines[0].lstrip("# ").strip() if lines else ""
    if len(title) > MAX_TITLE_CHARACTERS:
        title = title[: MAX_TITLE_CHARACTERS - 1].rstrip() + "…"
    return title or "Untitled proposal"


def body_of(description: str) -> str:
    """The description as people read it: without the proposer's suffix."""
    return _SUFFIX.sub("", description).strip()


def description_hash(description: str) -> str:
    """keccak-256 of the description's bytes, as queue and execute take it."""
    return keccak_hex(description.encode())


def proposal_id(targets: list[str], values_wei: list[int], calldatas: list[str], description: str) -> int:
    """The id that the Governor gives this proposal."""
    arguments = _HASHED.encode(
        targets=targets, values=values_wei, calldatas=calldatas, descriptionHash=description_hash(description)
    )[4:]
    return int(keccak_hex(arguments), 16)
