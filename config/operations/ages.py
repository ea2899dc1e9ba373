"""When an age stops being fine."""

from datetime import datetime

from common.templatetags.qommons import duration
from config.stack.findings import Finding, broken, fine, note

LATE_SECONDS = 60
STUCK_SECONDS = 300


def age(part: str, what: str, since: datetime | None, now: datetime) -> Finding:
    """The oldest thing that waits: fine for a minute, worth a look up to five, broken after that."""
    if since is None:
        return fine(part, f"no {what} waits")
    seconds = max(0.0, (now - since).total_seconds())
    said = fine if seconds < LATE_SECONDS else note if seconds < STUCK_SECONDS else broken
    return said(part, f"the oldest {what} has waited {duration(round(seconds))}")
