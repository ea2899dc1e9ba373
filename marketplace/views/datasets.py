"""The pages of datasets."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.errors import NotFound, QommonsError
from common.strict_json import strict_loads
from marketplace.models import RowsInModel
from marketplace.selectors.datasets import (
    VersionCard,
    dataset_card,
    versions_of,
)
from marketplace.selectors.paging import Cursor
from marketplace.selectors.trade import ListingCard, ListingFilter, listings
from marketplace.selectors.usage import usage_of
from marketplace.services.purchases import Quote, quote
from marketplace.store import content_store
from marketplace.views.cards import (
    MAX_COLUMNS_SHOWN,
    ROWS_IN_MODEL_WORDS,
    column_rows,
    dataset_row,
    offer_of,
    qualities,
    quantum_qualities,
)
from marketplace.views.mine import holding_of, payment_tokens

OFFERS_SHOWN = 5
VERSIONS_SHOWN = 20


@require_safe
def dataset_detail(request: HttpRequest, token_id: int) -> HttpResponse:
    """One dataset: what is in it, what it costs, who is paid, and how to check it."""
    try:
        card = dataset_card(token_id)
    except (NotFound, OverflowError):
        raise Http404 from None
    newest = card.newest
    versions = versions_of(token_id, Cursor(limit=VERSIONS_SHOWN))
    open_listings = listings(ListingFilter(dataset_id=token_id, only_open=True), Cursor(limit=OFFERS_SHOWN))
    profile = (newest.metadata.profile if newest else None) or {}
    context = {
        "dataset": dataset_row(card),
        "token": card.dataset,
        "payees": card.payees,
        "newest": newest,
        "problem": newest.problem if newest else "",
        "croissant": _croissant(newest),
        "columns": column_rows(profile, newest.metadata.label_column if newest else ""),
        "hidden_columns": max(0, len(profile.get("columns", ())) - MAX_COLUMNS_SHOWN),
        "qualities": qualities(profile) if profile else [],
        "quantum_qualities": quantum_qualities(profile),
        "versions": versions.items,
        "older_versions": versions.next_cursor,
        "offers": [offer_of(listing, _quote_if_known(listing)) for listing in open_listings.items],
        "has_more_offers": open_listings.next_cursor,
        "usage": usage_of(card.dataset),
        "mine": holding_of(request, card.dataset),
        "payment_tokens": payment_tokens(),
        "rows_in_model_words": ROWS_IN_MODEL_WORDS[RowsInModel(card.dataset.rows_in_model)],
    }
    return render(request, "marketplace/dataset_detail.html", context)


def _quote_if_known(listing: ListingCard) -> Quote | None:
    """Where the price goes; a node that is away costs only this part of the page."""
    try:
        return quote(listing)
    except QommonsError:
        return None


def _croissant(newest: VersionCard | None) -> object | None:
    """The pinned document itself, for the page's data block; None where its bytes are not here."""
    if newest is None or newest.problem:
        return None
    try:
        return strict_loads(content_store().read_block(newest.metadata_cid))
    except (QommonsError, ValueError):
        return None
