"""Pages of delegates: who speaks for how many votes, and how."""

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.bodies import read_address
from accounts.selectors import wallet_of
from governance.models import Delegation, Proposal, Vote, VoteBalance, VotingPower
from governance.rules.descriptions import title_of
from governance.selectors.members import MemberView, view_member
from governance.selectors.settings import view_governance
from governance.views.words import SUPPORT_TONES

SHOWN = 100
VOTES_SHOWN = 50


@require_safe
def member_list(request: HttpRequest) -> HttpResponse:
    """Those who may vote, by the weight of their word."""
    powers = list(VotingPower.objects.filter(units__gt=0)[: SHOWN + 1])
    counts = _delegator_counts([power.account for power in powers])
    supply = view_governance().total_supply
    context = {
        "delegates": [
            {
                "address": power.account,
                "units": power.units,
                "share": power.units / supply if supply else 0.0,
                "delegators": counts.get(power.account, 0),
            }
            for power in powers[:SHOWN]
        ],
        "has_more": len(powers) > SHOWN,
        "shown": SHOWN,
        "mine": _own(request),
    }
    return render(request, "governance/member_list.html", context)


@require_safe
def member_detail(request: HttpRequest, address: str) -> HttpResponse:
    """One delegate: its power, whose votes these are, how it voted. Anybody may be looked at."""
    try:
        member = view_member(read_address(address))
    except ValueError as error:
        raise Http404 from error
    delegators = list(Delegation.objects.filter(delegate=member.address).order_by("delegator")[:SHOWN])
    balances = _balances([one.delegator for one in delegators])
    votes = list(Vote.objects.filter(voter=member.address).order_by("-cast_block", "vote_id")[:VOTES_SHOWN])
    titles = _titles([vote.proposal_id for vote in votes])
    context = {
        "member": member,
        "share": member.power / (view_governance().total_supply or 1),
        "delegators": [(one.delegator, balances.get(one.delegator, 0)) for one in delegators],
        "votes_cast": [
            {"vote": vote, "title": titles.get(vote.proposal_id, ""), "tone": SUPPORT_TONES[vote.support]}
            for vote in votes
        ],
        "mine": _own(request),
        "is_self": wallet_of(request.user) == member.address,
    }
    return render(request, "governance/member_detail.html", context)


def _own(request: HttpRequest) -> MemberView | None:
    wallet = wallet_of(request.user)
    return None if wallet is None else view_member(wallet)


def _delegator_counts(accounts: list[str]) -> dict[str, int]:
    rows = Delegation.objects.filter(delegate__in=accounts).values_list("delegate")
    return dict(rows.annotate(count=Count("pk")))


def _balances(accounts: list[str]) -> dict[str, int]:
    return dict(VoteBalance.objects.filter(pk__in=accounts).values_list("account", "units"))


def _titles(numbers: list[int]) -> dict[int, str]:
    found = Proposal.objects.filter(pk__in=numbers).values_list("proposal_id", "description")
    return {number: title_of(description) for number, description in found}
