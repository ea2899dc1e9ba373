"""Prepares the acts on a proposal; the member's wallet signs and sends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from chain.abi import Call, Function
from chain.accounts import checksum
from chain.bindings import commons_governor
from chain.decode import describe_call
from chain.deployments import current
from chain.prepared import PreparedTransaction, prepare
from common.errors import NotAllowed
from governance.errors import ActionsRefused, PowerTooLow, ProposalExists, WrongProposalState
from governance.models import Proposal
from governance.rules.actions import in_words
from governance.rules.descriptions import proposal_id, title_of, with_proposer
from governance.rules.states import ProposalState
from governance.selectors.members import view_member
from governance.selectors.proposals import ProposalView, view_proposal

MAX_ACTIONS = 32
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class PreparedProposal:
    """A proposal that its proposer's wallet has yet to send; the id is known beforehand."""

    proposal_id: int
    description: str
    transaction: PreparedTransaction


def prepare_proposal(*, proposer: str, actions: Sequence[Call], description: str) -> PreparedProposal:
    """The transaction that proposes these calls.

    Raises PowerTooLow below the threshold, ProposalExists for a repeat, ActionsRefused for none or too many.
    """
    if not 1 <= len(actions) <= MAX_ACTIONS:
        raise ActionsRefused(
            f"A proposal has 1 to {MAX_ACTIONS} actions, not {len(actions)}.", field="targets"
        )
    member = view_member(proposer)
    if not member.can_propose:
        raise PowerTooLow(power=member.power, threshold=member.threshold)
    text = with_proposer(description, proposer)
    targets = [checksum(call.to) for call in actions]
    values = [call.value for call in actions]
    calldatas = [call.data_hex for call in actions]
    number = proposal_id(targets, values, calldatas, text)
    if Proposal.objects.filter(pk=number).exists():
        raise ProposalExists("You already proposed exactly this with the same description.")
    transaction = prepare(
        "CommonsGovernor",
        commons_governor.PROPOSE,
        summary=f"Propose: {title_of(text)}",
        details=[("Proposal", number), *_actions_in_words(actions), ("Proposer", proposer)],
        targets=targets,
        values=values,
        calldatas=calldatas,
        description=text,
    )
    return PreparedProposal(number, text, transaction)


def prepare_queue(number: int) -> PreparedTransaction:
    """The transaction that puts a proposal that won into the Timelock; anyone may send it."""
    view = _in_state(number, "queued", ProposalState.SUCCEEDED)
    return _on_proposal(view, commons_governor.QUEUE, "Queue")


def prepare_execution(number: int) -> PreparedTransaction:
    """The transaction that carries a proposal out once its wait is over; anyone may send it."""
    view = _in_state(number, "executed", ProposalState.QUEUED)
    if not view.can_execute:
        wait_seconds = (view.proposal.eta_at or 0) - view.chain_time
        raise WrongProposalState(
            act="executed",
            state=f"queued for another {wait_seconds} s",
            needed="past its wait in the Timelock",
        )
    return _on_proposal(view, commons_governor.EXECUTE, "Execute")


def prepare_cancel(number: int, *, sender: str) -> PreparedTransaction:
    """The transaction by which the proposer takes a proposal back before its vote begins."""
    view = _in_state(number, "cancelled", ProposalState.PENDING)
    if view.proposal.proposer != sender:
        raise NotAllowed("Only the proposer may cancel a proposal.")
    return _on_proposal(view, commons_governor.CANCEL, "Cancel")


def _in_state(number: int, act: str, needed: ProposalState) -> ProposalView:
    view = view_proposal(number)
    if view.state != needed:
        raise WrongProposalState(act=act, state=view.state.value, needed=needed.value)
    return view


def _on_proposal(view: ProposalView, function: Function, verb: str) -> PreparedTransaction:
    row = view.proposal
    return prepare(
        "CommonsGovernor",
        function,
        summary=f"{verb} proposal: {title_of(row.description)}",
        details=[
            ("Proposal", row.proposal_id),
            *((f"Action {n}", a.summary) for n, a in _numbered(view.actions)),
        ],
        targets=row.targets,
        values=[int(value) for value in row.values_wei],
        calldatas=row.calldatas,
        descriptionHash=row.description_hash,
    )


def _actions_in_words(actions: Sequence[Call]) -> list[tuple[str, str]]:
    deployment = current()
    return [
        (f"Action {n}", in_words(call, describe_call(call, deployment), deployment.name_of(call.to)).summary)
        for n, call in _numbered(actions)
    ]


def _numbered(things: Sequence[Thing]) -> list[tuple[int, Thing]]:
    return list(enumerate(things, start=1))
