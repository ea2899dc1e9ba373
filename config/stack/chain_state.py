"""The file in which Anvil keeps the chain, made fit to be read again after whatever ended Anvil."""

import json
from pathlib import Path
from typing import Any


def mend_state(state_file: Path) -> str | None:
    """Prepares the file for Anvil's next start; the text, if any, is for the person.

    Anvil writes the file in place, so a kill can cut it short: then the copy of the last start is put back.
    And it begins each start with a new block 0 before it reads the file, and saves both: only the first one,
    the chain's identity, is kept.
    """
    copy = state_file.with_suffix(".last.json")
    if not state_file.exists():
        return None
    state = _read(state_file)
    if state is not None:
        _write(state_file, with_one_genesis(state))
        _copy(state_file, copy)
        return None
    state_file.replace(state_file.with_suffix(".broken.json"))
    if not copy.exists():
        return "the chain's saved state was cut short and is set aside; a fresh chain starts"
    _copy(copy, state_file)
    return "the chain's saved state was cut short; the chain goes on from the last whole copy"


def with_one_genesis(state: dict[str, Any]) -> dict[str, Any]:
    """The state with only the oldest of its blocks 0."""
    blocks = state.get("blocks", [])
    first = min((block for block in blocks if _number(block) == 0), key=_timestamp, default=None)
    return state | {"blocks": [block for block in blocks if block is first or _number(block) != 0]}


def _number(block: dict[str, Any]) -> int:
    return int(block["header"]["number"], 16)


def _timestamp(block: dict[str, Any]) -> int:
    return int(block["header"]["timestamp"], 16)


def _read(state_file: Path) -> dict[str, Any] | None:
    try:
        state = json.loads(state_file.read_bytes())
    except ValueError:
        return None
    return state if isinstance(state, dict) else None


def _write(file: Path, state: dict[str, Any]) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(state, separators=(",", ":")))
    draft.replace(file)


def _copy(source: Path, target: Path) -> None:
    draft = target.with_suffix(".copying")
    draft.write_bytes(source.read_bytes())
    draft.replace(target)
