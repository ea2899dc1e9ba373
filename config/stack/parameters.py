"""The parameters of a local deployment: the committed ones with this stack's own addresses and keys."""

import json
from pathlib import Path
from typing import Any

from config.stack.errors import StackError
from config.stack.keys import StackKeys

VOTE = 10**18
ALL_VOTES = 1_000_000 * VOTE
FAUCET_VOTES = ALL_VOTES * 60 // 100
DEMO_MEMBER_VOTES = ALL_VOTES * 5 // 100  # the rest is the treasury's
PROPOSAL_THRESHOLD = ALL_VOTES // 100
FAUCET_DOLLARS = 1_000_000_000 * 10**6
EXECUTOR_STAKE = 500 * 10**6
VERIFIER_QUORUM = 2  # of the three that a local chain begins with
TREASURY = "Timelock"


def write_parameters(committed: Path, out: Path, keys: StackKeys) -> None:
    """Writes the file that the deploy script reads."""
    try:
        parameters = json.loads(committed.read_text())
    except (OSError, ValueError) as error:
        raise StackError(f"the local parameters ({committed}) cannot be read: {error}") from error
    draft = out.with_suffix(".new")
    draft.write_text(json.dumps(for_this_stack(parameters, keys), indent=2))
    draft.replace(out)


def for_this_stack(parameters: dict[str, Any], keys: StackKeys) -> dict[str, Any]:
    """First votes to faucet, demo member and treasury; first dollars to the faucet; the executor is ours."""
    faucet = keys.addresses["faucet"]
    return parameters | {
        "votes": [
            {"holder": faucet, "amount": str(FAUCET_VOTES)},
            {"holder": keys.addresses["demo-member"], "amount": str(DEMO_MEMBER_VOTES)},
            {"holder": TREASURY, "amount": str(ALL_VOTES - FAUCET_VOTES - DEMO_MEMBER_VOTES)},
        ],
        "test_dollars": [
            {"holder": faucet, "amount": str(FAUCET_DOLLARS)},
            {"holder": keys.addresses["executor"], "amount": str(EXECUTOR_STAKE)},
        ],
        "proposal_threshold": str(PROPOSAL_THRESHOLD),
        "values": {**parameters.get("values", {}), "verifier_quorum": VERIFIER_QUORUM},
        "executor": {
            "address": keys.addresses["executor"],
            "signing_key": keys.signing_key,
            "age_recipient": keys.age_recipient,
        },
    }
