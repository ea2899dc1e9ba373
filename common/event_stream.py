"""Server-sent events that outlive their request: the view answers and goes, the server keeps the answer open.

While a stream waits it holds neither a thread nor a database connection. A streaming answer of Django's own
does: its request, and with it the thread and the connection that looked up the session, ends with the answer.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

CONTENT_TYPE = "text/event-stream"
DESK = "qommons.stream"
"""The key of the request's scope under which the server leaves a `Desk`."""


@dataclass(frozen=True)
class Stream:
    """What is poured into the open answer; `on_end` is called once, whatever happens."""

    parts: AsyncIterator[bytes]
    on_end: Callable[[], None]


@dataclass
class Desk:
    """Where a view leaves its stream for the server."""

    stream: Stream | None = None


def hand_over(request: HttpRequest, stream: Stream) -> HttpResponseBase:
    """The answer's head; its body is the stream. A server that keeps none open answers 204."""
    desk = getattr(request, "scope", {}).get(DESK)
    if desk is None or request.method == "HEAD":
        stream.on_end()
        return HttpResponse(status=204)
    desk.stream = stream
    # X-Accel-Buffering: a proxy that gathers an answer before it passes it on would gather for ever.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(_nothing(), content_type=CONTENT_TYPE, headers=headers)


def event(name: str, fields: Mapping[str, Any], place: str = "") -> bytes:
    """One event; a reader whose stream broke comes back with the newest `place` that it saw."""
    identity = f"id: {place}\n" if place else ""
    return f"{identity}event: {name}\ndata: {json.dumps(fields)}\n\n".encode()


class Seats:
    """How many streams each address holds open in this process."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._lock = Lock()

    def take(self, who: str, limit: int) -> bool:
        """Whether there was a seat left; it must be given back."""
        with self._lock:
            if self._taken[who] >= limit:
                return False
            self._taken[who] += 1
            return True

    def give_back(self, who: str) -> None:
        with self._lock:
            self._taken[who] -= 1
            if self._taken[who] <= 0:
                del self._taken[who]


async def _nothing() -> AsyncIterator[bytes]:
    parts: tuple[bytes, ...] = ()
    for part in parts:
        yield part
