"""The page of what changed from one version of a dataset to the next."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.errors import InvalidInput, NotFound
from common.paging import read_key
from common.tables.difference import COLUMNS_SHOWN, Difference
from marketplace.selectors.datasets import dataset_card, find_version
from marketplace.services.changes import changes_between


@require_safe
def changes(request: HttpRequest, token_id: int, number: int) -> HttpResponse:
    """Columns and rows that came and went, from the version before or from `?from=n`."""
    asked = request.GET.get("from", "")
    try:
        first = read_key(asked, "from") if asked else max(1, number - 1)
        card = dataset_card(token_id)
        before, after = find_version(token_id, first), find_version(token_id, number)
    except (InvalidInput, NotFound, OverflowError):
        raise Http404 from None
    found = changes_between(before, after)
    context = {
        "title": card.title,
        "token_id": token_id,
        "before": before,
        "after": after,
        "changes": found,
        "added": _shown(found.rows, found.rows.first_added) if found.rows else None,
        "removed": _shown(found.rows, found.rows.first_removed) if found.rows else None,
    }
    return render(request, "marketplace/dataset_changes.html", context)


def _shown(found: Difference, rows: list[list[str]]) -> dict[str, Any] | None:
    """Rows as a preview shows them; None where there are none."""
    names = found.columns_compared
    hidden = max(0, len(names) - COLUMNS_SHOWN)
    return {"names": names[:COLUMNS_SHOWN], "rows": rows, "hidden_columns": hidden} if rows else None
