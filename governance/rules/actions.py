"""What a proposal's action would do, in words that follow from its calldata alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chain.abi import Call
from chain.decode import DecodedCall
from governance.rules.amounts import ether_text
from governance.rules.kinds import Act

UNREADABLE = "This call cannot be read. Do not vote for what you cannot read."
NOTHING = "Change nothing on the chain: members decide the text"


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


def act_of(call: Call, decoded: DecodedCall) -> Act:
    """The decoded call with its address and its wei."""
    return Act(call.to, decoded.contract, decoded.function, decoded.args, call.value)


def in_words(
    call: Call, decoded: DecodedCall | None, contract: str | None, sentence: str | None = None
) -> ActionInWords:
    """The action in words, from the calldata's arguments and never from the proposal's description.

    Without a sentence for its function a decoded call is told by name and arguments.
    """
    if decoded is None:
        summary = _without_function(call, contract)
        return ActionInWords(
            target=call.to,
            value_wei=call.value,
            calldata=call.data_hex,
            contract=contract,
            function=None,
            arguments=(),
            summary=summary or UNREADABLE,
            is_decoded=summary is not None,
        )
    summary = decoded.text if sentence is None else sentence
    return ActionInWords(
        target=call.to,
        value_wei=call.value,
        calldata=call.data_hex,
        contract=decoded.contract,
        function=decoded.function,
        arguments=tuple((name, _argument(value)) for name, value in decoded.args.items()),
        summary=summary + (f" and send {ether_text(call.value)}" if call.value else ""),
        is_decoded=True,
    )


def _without_function(call: Call, contract: str | None) -> str | None:
    """What a call without data means: a payment, or nothing where the Timelock sends nothing to itself."""
    if call.data:
        return None
    if call.value:
        return f"Send {ether_text(call.value)} to {call.to}"
    return NOTHING if contract == "Timelock" else None


def _argument(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_argument(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_argument(inner) for inner in value)
    return str(value)
