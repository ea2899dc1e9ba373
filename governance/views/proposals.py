"""The pages of proposals."""

from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.models import Proposal
from governance.rules.states import ProposalState
from governance.selectors.clock import chain_time
from governance.selectors.proposals import ProposalView, all_proposals, view_proposals
from governance.views.ballots import ballot_page
from governance.views.cards import bars_of, card_of, moments_of, quorum_permille
from governance.views.finding import find_by_digits
from governance.views.standing import standing_of
from governance.views.words import STATES

PAGE_SIZE = 20
CHANGING = frozenset(
    {ProposalState.PENDING, ProposalState.ACTIVE, ProposalState.SUCCEEDED, ProposalState.QUEUED}
)


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Proposals, newest first; `?open=1` those that can still be voted on, `?before=<id>` a later page."""
    is_open_only = request.GET.get("open") == "1"
    rows = _open(all_proposals()) if is_open_only else all_proposals()
    before = request.GET.get("before", "")
    if before:
        rows = _older_than(rows, before)
    page = list(rows[: PAGE_SIZE + 1])
    shown = page[:PAGE_SIZE]
    chosen = "open=1&" if is_open_only else ""
    context = {
        "proposals": [card_of(view) for view in view_proposals(shown)] if shown else [],
        "older": f"/proposals?{chosen}before={shown[-1].proposal_id}" if len(page) > PAGE_SIZE else "",
        "is_later_page": bool(before),
        "is_open_only": is_open_only,
        "legend": list(STATES.values()),
    }
    return render(request, "governance/proposal_list.html", context)


@require_safe
def proposal_detail(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """One proposal: what it does, how the vote stands, what happened when."""
    row = find_by_digits(proposal_id)
    view = view_proposals([row])[0]
    tally = _tally(view)
    card = tally["proposal"]
    context = {
        **tally,
        "actions": view.actions,
        "view": view,
        "mine": standing_of(request, view),
        "timeline": moments_of(view),
        "ballots": ballot_page(card.proposal_id, request.GET),
        "relays_votes": settings.RELAYED_VOTES_A_DAY > 0,
        "legend": list(STATES.values()),
    }
    return render(request, "governance/proposal_detail.html", context)


@require_safe
def proposal_tally(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """The counting, for a page that follows it; once something new can be done, the whole page comes anew."""
    tally = _tally(view_proposals([find_by_digits(proposal_id)])[0])
    response = render(request, "governance/proposal_tally.html", tally)
    if request.GET.get("phase") != tally["phase"]:
        response["HX-Refresh"] = "true"
    return response


def _tally(view: ProposalView) -> dict[str, Any]:
    card = card_of(view)
    return {
        "proposal": card,
        "bars": bars_of(card),
        "quorum_permille": quorum_permille(card),
        "phase": f"{view.state.value}{'-ready' if view.can_execute else ''}",
        "is_changing": view.state in CHANGING,
    }


def _older_than(rows: QuerySet[Proposal], before: str) -> QuerySet[Proposal]:
    if not (before.isascii() and before.isdigit()):
        raise Http404
    last = find_by_digits(before)
    return rows.filter(
        Q(created_block__lt=last.created_block)
        | Q(created_block=last.created_block, proposal_id__lt=last.proposal_id)
    )


def _open(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    now = chain_time()
    return rows.filter(executed_block=None, canceled_block=None).filter(
        Q(deadline_at__gte=now) | Q(extended_deadline_at__gte=now)
    )
