"""Prepares the acts on a proposal; the member's wallet signs and sends them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from chain.abi import Call, Function
from chain.accounts import checksum
from chain.bindings import commons_governor
from chain.errors import NodeUnavailable
from chain.prepared import Detail, PreparedTransaction, prepare
from common.errors import NotAllowed
from common.moments import duration_text
from governance.errors import (
    ActionsRefused,
    PowerTooLow,
    ProposalExists,
    TooManyProposals,
    WrongProposalState,
)
from governance.models import Proposal
from governance.rules.amounts import votes_text
from governance.rules.answers import check_answers
from governance.rules.descriptions import proposal_id, title_of, with_proposer
from governance.rules.kinds import Answers
from governance.rules.states import ProposalState
from governance.selectors.actions import Effect, actions_in_words, effects_of
from governance.selectors.kinds import find_kind
from governance.selectors.members import view_member
from governance.selectors.proposals import ProposalView, calls_of, count_open_proposals, view_proposal

MAX_ACTIONS = 32
NOT_TRIED = "could not be tried: the node is away"


@dataclass(frozen=True)
class PreparedProposal:
    """A proposal that its proposer's wallet has yet to send; the id is known beforehand."""

    proposal_id: int
    description: str
    transaction: PreparedTransaction


def prepare_proposal(*, proposer: str, actions: Sequence[Call], description: str) -> PreparedProposal:
    """The transaction that proposes these calls, with what each would change now.

    Raises PowerTooLow below the threshold, TooManyProposals where many of the proposer's are being voted on,
    ProposalExists for a repeat, ActionsRefused for none or too many.
    """
    if not 1 <= len(actions) <= MAX_ACTIONS:
        raise ActionsRefused(
            f"A proposal has 1 to {MAX_ACTIONS} actions, not {len(actions)}.", field="targets"
        )
    member = view_member(proposer)
    if not member.can_propose:
        raise PowerTooLow(power=votes_text(member.power), threshold=votes_text(member.threshold))
    open_count, most = count_open_proposals(proposer), settings.OPEN_PROPOSALS_A_MEMBER
    if open_count >= most:
        raise TooManyProposals(open_count=open_count, most=most)
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
        details=[("Proposal", number), *_acts_and_effects(actions), ("Proposer", proposer)],
        targets=targets,
        values=values,
        calldatas=calldatas,
        description=text,
    )
    return PreparedProposal(number, text, transaction)


def prepare_typed_proposal(
    *, proposer: str, kind: str, answers: Answers, title: str, reason: str
) -> PreparedProposal:
    """The proposal that a filled form makes; without a title of its own it says what its action does.

    Raises NotFound for no such form and InvalidInput naming the field that does not fit.
    """
    form = find_kind(kind)
    check_answers(form.fields(), answers)
    draft = form.draft({name: text.strip() for name, text in answers.items()})
    description = f"{title.strip() or draft.title}\n\n{reason.strip()}"
    return prepare_proposal(proposer=proposer, actions=draft.calls, description=description)


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
            state=f"queued for another {duration_text(wait_seconds)}",
            needed="past its wait in the Timelock",
        )
    return _on_proposal(
        view,
        commons_governor.EXECUTE,
        "Execute",
        effects=_acts_and_effects(calls_of(view.proposal)),
    )


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


def _on_proposal(
    view: ProposalView, function: Function, verb: str, effects: Sequence[Detail] | None = None
) -> PreparedTransaction:
    row = view.proposal
    acts = [Detail(f"Action {n}", action.summary) for n, action in enumerate(view.actions, start=1)]
    return prepare(
        "CommonsGovernor",
        function,
        summary=f"{verb} proposal: {title_of(row.description)}",
        details=[Detail("Proposal", str(row.proposal_id)), *(acts if effects is None else effects)],
        targets=row.targets,
        values=[int(value) for value in row.values_wei],
        calldatas=row.calldatas,
        descriptionHash=row.description_hash,
    )


def _acts_and_effects(calls: Sequence[Call]) -> list[Detail]:
    """Each act in words, whether it would succeed now, and what it would change."""
    try:
        effects = effects_of(calls)
    except NodeUnavailable:
        words = actions_in_words(calls)
        acts = [Detail(f"Action {n}", action.summary) for n, action in enumerate(words, start=1)]
        return [*acts, Detail("Effect", NOT_TRIED)]
    return [line for n, effect in enumerate(effects, start=1) for line in _effect_lines(n, effect)]


def _effect_lines(number: int, effect: Effect) -> list[Detail]:
    verdict = "would succeed" if effect.refusal is None else f"would fail: {effect.refusal}"
    changes = [Detail(change.what, f"{change.before} → {change.after}") for change in effect.changes]
    return [
        Detail(f"Action {number}", effect.action.summary),
        Detail("Carried out now, it", verdict),
        *changes,
    ]
