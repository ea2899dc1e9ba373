"""The catalogue's page: search, filters with their counts, sorting, and pages that can be linked to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from common.errors import InvalidInput
from marketplace.models import CatalogueEntry, Right
from marketplace.rules.formats import FORMAT_WORDS
from marketplace.selectors.catalogue import (
    FACET_NAMES,
    CatalogueFilter,
    FacetCount,
    catalogue,
    check_facets,
    check_query,
    check_sort,
    facet_counts,
)
from marketplace.tokens import Token, market_token
from marketplace.views.cards import DatasetRow, ListedPrice

SORT_WORDS = {
    "newest": "newest first",
    "price": "cheapest first",
    "rows": "most rows first",
    "buyers": "most buyers first",
}
FACET_TITLES = {
    "licence": "Licence",
    "format": "Format",
    "task": "Task",
    "size": "Rows",
    "price": "Price",
    "rights": "Rights",
    "classes": "Classes",
    "quantum": "Quantum-ready",
}


@dataclass(frozen=True)
class FacetChoice:
    """One value that a filter may take, in words, with how many have it."""

    value: str
    words: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """One filter of the form."""

    name: str
    title: str
    choices: tuple[FacetChoice, ...]


@require_safe
def dataset_list(request: HttpRequest) -> HttpResponse:
    """The catalogue; the query string holds search, filters, sort and page."""
    try:
        wanted = _wanted(request)
        page = catalogue(wanted, cursor := request.GET.get("before", ""))
    except InvalidInput as error:
        return render(request, "marketplace/dataset_list.html", {"problem": error.message}, status=400)
    asked = {"q": wanted.text, **wanted.facets, "sort": wanted.sort if wanted.sort != "newest" else ""}
    query = {name: value for name, value in asked.items() if value}
    older = urlencode({**query, "before": page.next_cursor or ""})
    context = {
        "datasets": dataset_rows(page.items),
        "query": wanted.text,
        "is_narrowed": bool(query),
        "facets": _facets(wanted, facet_counts(wanted)),
        "has_facets": bool(wanted.facets) or wanted.sort != "newest",
        "sorts": [(name, words, name == wanted.sort) for name, words in SORT_WORDS.items()],
        "price_token": wanted.token.symbol if wanted.sort == "price" else "",
        "first": f"/datasets?{urlencode(query)}" if query else "/datasets",
        "older": f"/datasets?{older}" if page.next_cursor else "",
        "is_later_page": bool(cursor),
    }
    return render(request, "marketplace/dataset_list.html", context)


def dataset_rows(entries: Iterable[CatalogueEntry]) -> list[DatasetRow]:
    """Rows of a list, with what each costs at least; no further query."""
    return [_row(entry) for entry in entries]


def _wanted(request: HttpRequest) -> CatalogueFilter:
    return CatalogueFilter(
        text=check_query(request.GET.get("q", "")),
        facets=check_facets({name: request.GET.get(name, "") for name in FACET_NAMES}),
        sort=check_sort(request.GET.get("sort", "")),
        token=market_token(),
    )


def _row(entry: CatalogueEntry) -> DatasetRow:
    price = None
    if entry.offer_units is not None and entry.offer_right is not None:
        right = Right(entry.offer_right).label
        price = ListedPrice(entry.offer_units, entry.offer_token or "", str(right))
    return DatasetRow(
        token_id=entry.token_id,
        title=entry.title or f"Dataset {entry.token_id}",
        description=entry.summary,
        creator="",
        licence=entry.licence,
        keywords=tuple(str(word) for word in entry.keywords),
        rows=entry.rows or None,
        column_count=entry.column_count or None,
        size_bytes=int(entry.size_bytes),
        version_count=entry.version_count,
        policy_compute=entry.allow_compute,
        policy_download=entry.allow_download,
        is_retired=entry.is_retired,
        minted_at=entry.minted_at,
        price=price,
        is_quantum_ready=entry.is_quantum_ready,
    )


def _facets(wanted: CatalogueFilter, counts: Mapping[str, Sequence[FacetCount]]) -> list[Facet]:
    words = facet_words(wanted.token)
    return [
        Facet(name, title, _choices(name, wanted, counts[name], words))
        for name, title in FACET_TITLES.items()
    ]


def _choices(
    name: str, wanted: CatalogueFilter, counts: Sequence[FacetCount], words: Mapping[str, Mapping[str, str]]
) -> tuple[FacetChoice, ...]:
    """What was found, in the order of the words; the chosen value stays even where nothing has it."""
    named, chosen = words.get(name, {}), wanted.facets.get(name, "")
    found = {each.value: each.count for each in counts}
    if chosen:
        found.setdefault(chosen, 0)
    order = [value for value in named if value in found] + [value for value in found if value not in named]
    return tuple(
        FacetChoice(value, named.get(value, value), found[value], value == chosen) for value in order
    )


def facet_words(token: Token) -> dict[str, dict[str, str]]:
    """The values of the facets in words; a licence is its own."""
    symbol = token.symbol or "whole tokens"
    return {
        "licence": {"none": "not stated"},
        "format": FORMAT_WORDS,
        "task": {},
        "size": {
            "small": "under 1,000",
            "medium": "1,000 to 9,999",
            "large": "10,000 to 99,999",
            "huge": "100,000 and more",
        },
        "price": {
            "free": "free",
            "low": f"up to 10 {symbol}",
            "middle": f"over 10, up to 100 {symbol}",
            "high": f"over 100 {symbol}",
            "other": "in another token",
            "none": "not for sale now",
        },
        "rights": {"both": "compute and download", "compute": "compute only", "download": "download only"},
        "classes": {"two": "two", "few": "3 to 10", "many": "more than 10"},
        "quantum": {"ready": "fits 20 qubits as it is"},
    }
