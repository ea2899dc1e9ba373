"""The catalogue: search, filters, sorting and pages over one table, and counts for the filters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Case, Expression, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from chain.selectors import indexed_head
from common.errors import InvalidInput
from common.paging import DEFAULT_LIMIT, Page, read_key
from marketplace.models import CatalogueEntry
from marketplace.tokens import Token

MAX_QUERY_CHARS = 200
COUNTED = 10_000
CHOICES_SHOWN = 12
RENEWED_AT_ONCE = 200
SORTS = {"newest": "", "price": "offer_units", "rows": "-rows", "buyers": "-buyers"}
NO_LICENCE = "none"
NO_TOKEN = Token("")
FACET_NAMES = ("licence", "format", "task", "size", "price", "rights", "classes", "quantum")
MAX_FACET_CHARS = 200


@dataclass(frozen=True)
class CatalogueFilter:
    """What the catalogue shows; empty texts filter nothing. `facets`: the wanted values by their names.

    `sort`: newest, price (only what is for sale in `token`, cheapest first), rows or buyers (most first).
    """

    text: str = ""
    owner: str = ""
    include_retired: bool = False
    facets: Mapping[str, str] = field(default_factory=dict)
    sort: str = "newest"
    token: Token = NO_TOKEN


@dataclass(frozen=True)
class FacetCount:
    """One value of a facet among what was found."""

    value: str
    count: int


def catalogue(wanted: CatalogueFilter, cursor: str = "", limit: int = DEFAULT_LIMIT) -> Page[CatalogueEntry]:
    """A page in one query; raises InvalidInput for a cursor that no page gave."""
    renew_closed_offers()
    key = SORTS[wanted.sort]
    found = matching(wanted)
    if cursor:
        found = _after(found, key, cursor)
    entries = list(found.order_by(*filter(None, (key, "-token_id")))[: limit + 1])
    shown = entries[:limit]
    return Page(shown, _cursor(shown[-1], key) if len(entries) > limit else None)


def matching(wanted: CatalogueFilter) -> QuerySet[CatalogueEntry]:
    """All that fits, unordered, with each facet as `facet_<name>`."""
    facets = facet_expressions(wanted.token)
    found = CatalogueEntry.objects.order_by()
    if not wanted.include_retired:
        found = found.filter(is_retired=False)
    if wanted.owner:
        found = found.filter(owner=wanted.owner)
    if wanted.text:
        found = found.filter(words=SearchQuery(_prefixes(wanted.text), search_type="raw", config="english"))
    if wanted.sort == "price":
        found = found.filter(offer_token=wanted.token.address, offer_units__isnull=False)
    if licence := wanted.facets.get("licence"):
        found = found.filter(licence="" if licence == NO_LICENCE else licence)
    found = found.annotate(**{f"facet_{name}": expression for name, expression in facets.items()})
    return found.filter(
        **{f"facet_{name}": value for name, value in wanted.facets.items() if name != "licence" and value}
    )


def facet_expressions(token: Token) -> dict[str, Combinable]:
    """What each facet says of an entry; prices are in whole tokens of this one."""
    one = 10 ** (token.decimals or 0)
    in_token = Q(offer_token=token.address)
    return {
        "licence": F("licence"),
        "format": F("format"),
        "task": F("task"),
        "size": _first(
            (Q(rows=0), ""),
            (Q(rows__lt=1_000), "small"),
            (Q(rows__lt=10_000), "medium"),
            (Q(rows__lt=100_000), "large"),
            otherwise="huge",
        ),
        "price": _first(
            (Q(offer_units=None), "none"),
            (Q(offer_units=0), "free"),
            (~in_token, "other"),
            (Q(offer_units__lte=10 * one), "low"),
            (Q(offer_units__lte=100 * one), "middle"),
            otherwise="high",
        ),
        "rights": _first(
            (Q(allow_compute=True, allow_download=True), "both"),
            (Q(allow_compute=True), "compute"),
            (Q(allow_download=True), "download"),
        ),
        "classes": _first(
            (Q(classes__lt=2), ""), (Q(classes=2), "two"), (Q(classes__lte=10), "few"), otherwise="many"
        ),
        "quantum": _first((Q(is_quantum_ready=True), "ready")),
    }


def facet_counts(wanted: CatalogueFilter) -> dict[str, list[FacetCount]]:
    """How many of the newest 10,000 that fit have each value, the most frequent first; in one query."""
    names = FACET_NAMES
    newest = (
        matching(wanted).order_by("-token_id").values_list(*(f"facet_{name}" for name in names))[:COUNTED]
    )
    inner, parameters = newest.query.sql_with_params()
    columns = ", ".join(f'"{name}"' for name in names)
    sets = ", ".join(f'("{name}")' for name in names)
    counts: dict[str, list[FacetCount]] = {name: [] for name in names}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT GROUPING({columns}), {columns}, count(*) FROM ({inner}) AS found ({columns})"  # noqa: S608 (own names)
            f" GROUP BY GROUPING SETS ({sets}) ORDER BY count(*) DESC",
            parameters,
        )
        for absent, *values, count in cursor.fetchall():
            # The bit of the one column that this row groups by is the one that is not set.
            position = next(at for at in range(len(names)) if not absent >> (len(names) - 1 - at) & 1)
            value = values[position]
            if names[position] == "licence" and not value:
                value = NO_LICENCE
            if value and len(counts[names[position]]) < CHOICES_SHOWN:
                counts[names[position]].append(FacetCount(value, count))
    return counts


def renew_closed_offers() -> None:
    """Entries whose offer closed by the clock alone are written anew: no event tells of it."""
    head = indexed_head()
    if head is None:
        return
    closed = CatalogueEntry.objects.filter(offer_closes_at__gt=0, offer_closes_at__lt=head.timestamp)
    token_ids = list(closed.order_by("token_id").values_list("token_id", flat=True)[:RENEWED_AT_ONCE])
    if token_ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT marketplace_catalogue_enter(token_id) FROM unnest(%s::bigint[]) AS token_id",
                [token_ids],
            )


def check_query(text: str) -> str:
    """The search text; raises InvalidInput where it is too long or holds unprintable characters."""
    if len(text) > MAX_QUERY_CHARS or not text.isprintable():
        raise InvalidInput(f"search for at most {MAX_QUERY_CHARS} printable characters", field="q")
    return text.strip()


def check_sort(text: str) -> str:
    """A sort by its name, newest where none is named; raises InvalidInput."""
    if text and text not in SORTS:
        raise InvalidInput(f"sort by one of {', '.join(SORTS)}", field="sort")
    return text or "newest"


def check_facets(asked: Mapping[str, str]) -> dict[str, str]:
    """The facets that are asked for; raises InvalidInput where one holds what no value can."""
    for name, value in asked.items():
        if len(value) > MAX_FACET_CHARS or not value.isprintable():
            raise InvalidInput(f"{name} must be a value that the catalogue offers", field=name)
    return {name: value for name, value in asked.items() if value}


def _prefixes(text: str) -> str:
    """The text as a tsquery: every word, each also as the beginning of a longer one."""
    return " & ".join(f"'{word}':*" for word in re.findall(r"\w+", text)) or "''"


def _first(*cases: tuple[Q, str], otherwise: str = "") -> Expression:
    return Case(*(When(condition, then=Value(value)) for condition, value in cases), default=Value(otherwise))


def _cursor(last: CatalogueEntry, key: str) -> str:
    return f"{getattr(last, key.lstrip('-'))}-{last.token_id}" if key else str(last.token_id)


def _after(found: QuerySet[CatalogueEntry], key: str, after: str) -> QuerySet[CatalogueEntry]:
    """What comes after this cursor, by the sort's value and then by age."""
    if not key:
        return found.filter(token_id__lt=read_key(after, "cursor"))
    value, dash, token_id = after.partition("-")
    if not dash or not (value.isascii() and value.isdigit() and len(value) <= 78):
        raise InvalidInput("cursor must be one that a page gave", field="cursor")
    name, beyond = key.lstrip("-"), "lt" if key.startswith("-") else "gt"
    older = Q(**{name: int(value)}, token_id__lt=read_key(token_id, "cursor"))
    # The first condition bounds the index scan; the second is what is truly meant.
    return found.filter(
        Q(**{f"{name}__{beyond}e": int(value)}), Q(**{f"{name}__{beyond}": int(value)}) | older
    )
