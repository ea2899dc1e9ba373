"""From chain events to rows; the only writer of this app's projected tables."""

from collections.abc import Callable

from chain.events import LogEvent
from governance.projections import parameters, votes

HANDLERS: dict[tuple[str, str], Callable[[LogEvent], None]] = {**votes.HANDLERS, **parameters.HANDLERS}
