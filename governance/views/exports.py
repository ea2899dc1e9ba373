"""The votes on a proposal as a file for spreadsheets."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from common.formulas import without_formula
from common.moments import LAST_SECOND
from governance.models import Vote
from governance.selectors.proposals import votes_on
from governance.views.finding import find_by_digits

HEADER = ("voter", "support", "weight_base_units", "reason", "cast_at", "block", "transaction")
ROWS_AT_ONCE = 1000


class _Echo:
    """A file that gives back each line in place of keeping it."""

    def write(self, line: str) -> str:
        return line


@require_safe
def votes_csv(request: HttpRequest, proposal_id: str) -> StreamingHttpResponse:
    """Every vote, heaviest first; as a download, so that no browser takes it for a page."""
    row = find_by_digits(proposal_id)
    response = StreamingHttpResponse(_lines(int(row.proposal_id)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="votes-{row.proposal_id}.csv"'
    return response


def _lines(proposal_id: int) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(HEADER)
    for vote in votes_on(proposal_id).iterator(chunk_size=ROWS_AT_ONCE):
        yield writer.writerow(_cells(vote))


def _cells(vote: Vote) -> tuple[str, ...]:
    cast_at = datetime.fromtimestamp(min(vote.cast_at, LAST_SECOND), UTC)
    return (
        vote.voter,
        vote.get_support_display(),
        str(vote.weight_units),
        without_formula(vote.reason),
        f"{cast_at:%Y-%m-%dT%H:%M:%SZ}",
        str(vote.cast_block),
        vote.cast_tx,
    )
