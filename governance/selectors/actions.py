"""A proposal's calls in words, with what they would change and whether they would succeed now."""

from collections.abc import Sequence
from dataclasses import dataclass

from chain.abi import Call
from chain.client import ChainClient, client
from chain.decode import describe_call
from chain.deployments import Deployment, current
from chain.errors import CallReverted, UndecodableData
from governance.rules.actions import ActionInWords, act_of, in_words
from governance.rules.amounts import ether_text
from governance.rules.kinds import Change, Reader
from governance.selectors.kinds import action_words


@dataclass(frozen=True)
class Effect:
    """What one call would do at the newest block, made by the Timelock: `refusal` is why it would fail."""

    action: ActionInWords
    refusal: str | None
    changes: tuple[Change, ...]


def action_in_words(call: Call, deployment: Deployment) -> ActionInWords:
    """The call in words that follow from its bytes alone."""
    decoded = describe_call(call, deployment)
    if decoded is None:
        return in_words(call, None, deployment.name_of(call.to))
    write = action_words().sentences.get((decoded.contract, decoded.function))
    act = act_of(call, decoded)
    return in_words(call, decoded, decoded.contract, None if write is None else write(act))


def actions_in_words(calls: Sequence[Call]) -> list[ActionInWords]:
    """Many calls of the current deployment."""
    deployment = current()
    return [action_in_words(call, deployment) for call in calls]


def effects_of(calls: Sequence[Call]) -> list[Effect]:
    """Tries each call from the Timelock at the newest block, each for itself; raises NodeUnavailable."""
    deployment, node = current(), client()
    timelock = deployment.address_of("Timelock")
    return [
        Effect(
            action=action_in_words(call, deployment),
            refusal=_refusal(node, call, timelock),
            changes=tuple(_changes(call, Reader(node, deployment))),
        )
        for call in calls
    ]


def _refusal(node: ChainClient, call: Call, sender: str) -> str | None:
    try:
        node.call(call, sender=sender)
    except CallReverted as error:
        return error.reason
    return None


def _changes(call: Call, reader: Reader) -> Sequence[Change]:
    if call.value and not call.data:
        return _payment(call, reader)
    decoded = describe_call(call, reader.deployment)
    read = None if decoded is None else action_words().changes.get((decoded.contract, decoded.function))
    if decoded is None or read is None:
        return ()
    try:
        return read(act_of(call, decoded), reader)
    except (CallReverted, UndecodableData):
        return ()  # the thing that it would change is not there: the refusal says so


def _payment(call: Call, reader: Reader) -> Sequence[Change]:
    timelock = reader.deployment.address_of("Timelock")
    held, has = reader.client.balance(timelock), reader.client.balance(call.to)
    return (
        Change("The treasury's ETH", ether_text(held), ether_text(max(0, held - call.value))),
        Change("The receiver's ETH", ether_text(has), ether_text(has + call.value)),
    )
