"""What a proposal's action would do, in words that follow from its calldata alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chain.abi import Call, name_of
from chain.decode import DecodedCall
from chain.errors import UndecodableData

UNREADABLE = "This call cannot be read. Do not vote for what you cannot read."


@dataclass(frozen=True)
class ActionInWords:
    """One call of a proposal. `is_decoded` is False where any byte of it is not understood."""

    target: str
    value_wei: int
    calldata: str
    contract: str | None
    function: str | None
    arguments: tuple[tuple[str, str], ...]
    summary: str
    is_decoded: bool


def in_words(call: Call, decoded: DecodedCall | None, contract: str | None) -> ActionInWords:
    """The action in words; the sentence comes from the arguments, never from the proposal's description."""
    if decoded is None:
        is_payment = not call.data and call.value > 0
        return ActionInWords(
            target=call.to,
            value_wei=call.value,
            calldata=call.data_hex,
            contract=contract,
            function=None,
            arguments=(),
            summary=f"Send {call.value} wei to {call.to}" if is_payment else UNREADABLE,
            is_decoded=is_payment,
        )
    return ActionInWords(
        target=call.to,
        value_wei=call.value,
        calldata=call.data_hex,
        contract=decoded.contract,
        function=decoded.function,
        arguments=tuple((name, _argument(value)) for name, value in decoded.args.items()),
        summary=_sentence(decoded) + (f" and send {call.value} wei" if call.value else ""),
        is_decoded=True,
    )


def _sentence(decoded: DecodedCall) -> str:
    write = _SENTENCES.get((decoded.contract, decoded.function))
    return decoded.text if write is None else write(decoded.args)


def _argument(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_argument(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_argument(inner) for inner in value)
    return str(value)


def _short(word: str) -> str:
    """A bytes32 that holds a short name, as that name."""
    try:
        return name_of(word)
    except UndecodableData:
        return word


# Generic contracts of the house only; sentences here read arguments, they judge nothing.
_SENTENCES: dict[tuple[str, str], Callable[[Mapping[str, Any]], str]] = {
    ("JobBoard", "approve"): lambda args: (
        f"Approve job {args['job_id']} to run, exactly as the spec with digest {args['spec_digest']} says"
    ),
    ("ParameterBook", "set_value"): lambda args: f"Set {_short(args['key'])} to {args['value']}",
    ("ParameterBook", "set_allowed"): lambda args: (
        f"{'Allow' if args['allowed'] else 'Stop allowing'} {_short(args['item'])} as {_short(args['kind'])}"
    ),
    ("ExecutorRegistry", "admit"): lambda args: f"Admit {args['executor']} as an executor",
    ("ExecutorRegistry", "remove"): lambda args: f"Remove the executor {args['executor']}",
    ("VoteToken", "mint"): lambda args: f"Mint {args['amount']} base units of QVOTE to {args['to']}",
    ("DataMarket", "delist"): lambda args: f"Take listing {args['listing_id']} off the market",
    ("CommonsGovernor", "updateQuorumNumerator"): lambda args: (
        f"Set the quorum to {args['newQuorumNumerator']} % of all votes"
    ),
    ("CommonsGovernor", "setVotingDelay"): lambda args: (
        f"Set the wait before a vote to {args['newVotingDelay']} s"
    ),
    ("CommonsGovernor", "setVotingPeriod"): lambda args: (
        f"Set the length of a vote to {args['newVotingPeriod']} s"
    ),
    ("CommonsGovernor", "setProposalThreshold"): lambda args: (
        f"Ask for {args['newProposalThreshold']} base units of votes to propose"
    ),
    ("Timelock", "updateDelay"): lambda args: f"Set the wait before execution to {args['newDelay']} s",
}
