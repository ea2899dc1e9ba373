"""The page of one dataset."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.errors import NotFound, QommonsError, RetryableError
from common.paging import Cursor
from marketplace.croissant.citing import bibtex, citation_file
from marketplace.licences import licence_flags, spdx_page
from marketplace.models import PinReceipt, RowsInModel
from marketplace.selectors.copies import near_copy
from marketplace.selectors.datasets import (
    DatasetCard,
    VersionCard,
    dataset_card,
    first_with_these_bytes,
    versions_of,
)
from marketplace.selectors.gas import purchase_gas
from marketplace.selectors.history import happenings
from marketplace.selectors.trade import ListingCard, ListingFilter, ended_listings, listings
from marketplace.selectors.usage import history_of, usage_of
from marketplace.services.purchases import quote
from marketplace.views.about import citable_of, completeness_of, snippets_of, structured_data
from marketplace.views.cards import (
    MAX_COLUMNS_SHOWN,
    ROWS_IN_MODEL_WORDS,
    Offer,
    column_rows,
    dataset_row,
    offer_of,
    preview_of,
    qualities,
    quantum_qualities,
)
from marketplace.views.hints import hint_rows
from marketplace.views.mine import holding_of, payment_tokens

OFFERS_SHOWN = 5
VERSIONS_SHOWN = 20


@require_safe
def dataset_detail(request: HttpRequest, token_id: int) -> HttpResponse:
    """One dataset: what is in it, what it costs, who is paid, what became of it, and how to check it."""
    try:
        card = dataset_card(token_id)
    except (NotFound, OverflowError):
        raise Http404 from None
    newest = card.newest
    offers = listings(ListingFilter(dataset_id=token_id, only_open=True), Cursor(limit=OFFERS_SHOWN))
    versions = versions_of(token_id, Cursor(limit=VERSIONS_SHOWN))
    context = {
        "dataset": dataset_row(card),
        "token": card.dataset,
        "payees": card.payees,
        "newest": newest,
        "problem": newest.problem if newest else "",
        "structured_data": structured_data(card, offers.items),
        "versions": versions.items,
        "older_versions": versions.next_cursor,
        "offers": _offers(offers.items),
        "has_more_offers": offers.next_cursor,
        "ended_listings": ended_listings(ListingFilter(dataset_id=token_id)),
        "gas": purchase_gas() if offers.items else None,
        "usage": usage_of(card.dataset),
        "seller": history_of(card.dataset.owner),
        "history": happenings(card.dataset),
        "report_reason": f"Dataset {token_id}: ",
        "mine": holding_of(request, card.dataset),
        "payment_tokens": payment_tokens(),
        "rows_in_model_words": ROWS_IN_MODEL_WORDS[RowsInModel(card.dataset.rows_in_model)],
        **(_about_version(card, newest) if newest else {}),
    }
    return render(request, "marketplace/dataset_detail.html", context)


def _about_version(card: DatasetCard, newest: VersionCard) -> dict[str, Any]:
    """What the newest version's own documents say."""
    metadata = newest.metadata
    profile = metadata.profile or {}
    citable = citable_of(card, newest)
    return {
        "columns": column_rows(profile, metadata.label_column),
        "hidden_columns": max(0, len(profile.get("columns", ())) - MAX_COLUMNS_SHOWN),
        "preview": preview_of(profile),
        "qualities": qualities(profile) if profile else [],
        "quantum_qualities": quantum_qualities(profile),
        "hints": hint_rows(profile),
        "completeness": completeness_of(newest),
        "receipts": PinReceipt.objects.filter(cid=newest.content_cid),
        "same_bytes_as": first_with_these_bytes(newest),
        "near_copy": near_copy(newest),
        "licence_flags": licence_flags(metadata.licence),
        "licence_page": spdx_page(metadata.licence) if metadata.licence and not newest.problem else None,
        "bibtex": bibtex(citable),
        "citation_file": citation_file(citable),
        "snippets": snippets_of(newest),
    }


def _offers(found: Sequence[ListingCard]) -> list[Offer]:
    """The listings with where each price goes; a node that is away is asked once and costs only that."""
    offers, is_answering = [], True
    for listing in found:
        known = None
        try:
            known = quote(listing) if is_answering else None
        except RetryableError:
            is_answering = False
        except QommonsError:
            pass  # the contract gives no price: the offer has changed since
        offers.append(offer_of(listing, known))
    return offers
