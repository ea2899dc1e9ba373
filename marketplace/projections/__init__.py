"""From chain events to rows; the only writer of this app's projected tables."""

from collections.abc import Callable

from chain.events import LogEvent
from marketplace.projections import access, dataset, market

HANDLERS: dict[tuple[str, str], Callable[[LogEvent], None]] = {
    **dataset.HANDLERS,
    **access.HANDLERS,
    **market.HANDLERS,
}
