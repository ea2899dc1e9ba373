"""The signed-in wallet's own page: how to get started, its passes, money, votes, data, jobs and models."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.selectors import wallet_of
from common.paging import Cursor
from governance.selectors.members import view_member
from marketplace.models import Dataset, Right, SubjectKind
from marketplace.selectors.catalogue import CatalogueFilter, catalogue
from marketplace.selectors.datasets import dataset_cards
from marketplace.selectors.trade import PassCard, credits_of, passes_of
from marketplace.services.faucet import GiftCard, gifts_of
from marketplace.views.catalogue import dataset_rows
from qjobs.models import JobCredit
from qjobs.selectors.jobs import JobFilter, all_jobs
from qjobs.selectors.models import ModelFilter, all_models
from qjobs.views.cards import job_cards, model_cards
from qjobs.views.next_step import next_step

SHOWN = 20
ARRIVED = frozenset({"MINED", "FINAL"})


@dataclass(frozen=True)
class Credit:
    """What one contract owes the wallet in one token; `path` is where a withdrawal is prepared."""

    source: str
    path: str
    token: str
    units: int


@dataclass(frozen=True)
class HeldPass:
    """A pass with the title of what it is for."""

    card: PassCard
    title: str


@dataclass(frozen=True)
class Gifts:
    """How far the faucet's gifts are."""

    cards: tuple[GiftCard, ...]

    @property
    def were_asked(self) -> bool:
        return any(card.entry for card in self.cards)

    @property
    def have_arrived(self) -> bool:
        return all(card.entry is not None and card.entry.state in ARRIVED for card in self.cards)

    @property
    def are_on_their_way(self) -> bool:
        return any(
            card.entry is not None and card.entry.state not in ARRIVED | {"FAILED"} for card in self.cards
        )


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The wallet's page; a visitor is told how to begin."""
    wallet = wallet_of(request.user)
    if wallet is None:
        return render(request, "qjobs/account_visitor.html")
    gifts = Gifts(tuple(gifts_of(wallet))) if settings.IS_LOCAL_CHAIN else None
    member = view_member(wallet)
    passes = passes_of(wallet, None, Cursor(limit=SHOWN)).items
    jobs = list(all_jobs(JobFilter(requester=wallet))[:SHOWN])
    context: dict[str, Any] = {
        "wallet": wallet,
        "gifts": gifts,
        "member": member,
        "is_started": bool(gifts and gifts.have_arrived and member.delegate),
        "next": next_step(jobs, _computable(passes)),
        "must_delegate": member.balance > 0 and member.delegate is None,
        "passes": _held(passes),
        "credits": _credits(wallet),
        "datasets": dataset_rows(catalogue(CatalogueFilter(owner=wallet), limit=SHOWN).items),
        "jobs": job_cards(jobs),
        "models": model_cards(all_models(ModelFilter(owner=wallet))[:SHOWN]),
    }
    return render(request, "qjobs/account.html", context)


def _computable(cards: Sequence[PassCard]) -> list[int]:
    """Datasets that a usable pass lets the wallet compute on."""
    return [
        card.access.subject_id
        for card in cards
        if card.is_usable
        and card.access.right == Right.COMPUTE
        and card.access.subject_kind == SubjectKind.DATASET
    ]


def _held(cards: Sequence[PassCard]) -> list[HeldPass]:
    rows = Dataset.objects.filter(pk__in=[card.access.subject_id for card in cards])
    titles = {card.dataset.token_id: card.title for card in dataset_cards(rows)}
    return [HeldPass(card, titles.get(card.access.subject_id, "")) for card in cards]


def _credits(wallet: str) -> list[Credit]:
    """What can be withdrawn, from both contracts that credit."""
    market = [
        Credit("Sales of access", "market/withdrawals", card.credit.token, card.credit.available_units)
        for card in credits_of(wallet, Cursor(limit=SHOWN)).items
    ]
    jobs = [
        Credit("Jobs", "jobs/withdrawals", row.token, row.available_units)
        for row in JobCredit.objects.filter(account=wallet).order_by("credit_id")[:SHOWN]
    ]
    return [credit for credit in (*market, *jobs) if credit.units]
