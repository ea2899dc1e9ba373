"""From chain events to rows; the only writer of this app's projected tables."""

from collections.abc import Callable

from chain.events import LogEvent
from qjobs.projections import disputes, jobs
from qjobs.projections.jobs import on_deep_block, on_deep_reorg, on_news

__all__ = ["HANDLERS", "on_deep_block", "on_deep_reorg", "on_news"]

HANDLERS: dict[tuple[str, str], Callable[[LogEvent], None]] = {**jobs.HANDLERS, **disputes.HANDLERS}
