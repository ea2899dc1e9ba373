"""Pages of executors and verifiers: who they are, what they have at stake, what they did."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.bodies import read_address
from accounts.selectors import wallet_of
from common.errors import InvalidInput
from common.paging import read_cursor, take_page
from governance.selectors.clock import chain_time
from qjobs.models import Executor, StakeCredit
from qjobs.selectors.dispute_terms import dispute_terms
from qjobs.selectors.disputes import all_disputes, view_disputes
from qjobs.selectors.executors import all_executors, open_tasks_of, records_of
from qjobs.views.disputing import STATES

DISPUTES_SHOWN = 20


@require_safe
def executor_list(request: HttpRequest) -> HttpResponse:
    """Everybody who may run or check jobs, the newest first; `?before=` is a later page."""
    try:
        cursor = read_cursor(request.GET.get("before"), None)
    except InvalidInput:
        raise Http404 from None
    page = take_page(all_executors(), "number", cursor)
    context = {
        "records": records_of(page.items),
        "older": f"/executors?before={page.next_cursor}" if page.next_cursor else "",
        "first": "/executors",
        "is_later_page": cursor.before is not None,
        "terms": dispute_terms(),
        **_own_stake(request),
    }
    return render(request, "qjobs/executor_list.html", context)


@require_safe
def executor_detail(request: HttpRequest, address: str) -> HttpResponse:
    """One executor: its record, its stake, every key that it has had, the disputes about it."""
    try:
        row = all_executors().filter(pk=read_address(address)).first()
    except ValueError:
        row = None
    if row is None:
        raise Http404
    disputes = view_disputes(list(all_disputes().filter(executor=row.address)[:DISPUTES_SHOWN]))
    context = {
        "record": records_of([row])[0],
        "disputes": [{"view": view, "state": STATES[view.dispute.state]} for view in disputes],
        "terms": dispute_terms(),
        **_own_stake(request),
    }
    return render(request, "qjobs/executor_detail.html", context)


def _own_stake(request: HttpRequest) -> dict[str, Any]:
    """For `qjobs/own_stake.html`: what the signed-in wallet has at stake, and what it is owed."""
    wallet, now = wallet_of(request.user), chain_time()
    mine = None if wallet is None else Executor.objects.filter(pk=wallet).first()
    credits = [] if wallet is None else StakeCredit.objects.filter(account=wallet)
    return {
        "wallet": wallet,
        "mine": mine,
        "open_tasks": 0 if wallet is None else open_tasks_of(wallet),
        "may_leave": mine is not None and mine.leaves_at is not None and now >= mine.leaves_at,
        "credits": [credit for credit in credits if credit.available_units],
    }
