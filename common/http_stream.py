"""Answers that are made as the client takes them, without a thread waiting for a slow one."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from threading import Lock
from typing import Protocol, runtime_checkable

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from common.http_range import content_range


@runtime_checkable
class Closing(Protocol):
    """Parts that want to know when nobody takes more."""

    def close(self) -> None: ...


class Whole(Iterator[bytes]):
    """A first part and those that follow.

    They are closed by whoever answers and never when memory is collected, as a generator would be: that may
    happen inside a query of another answer, and what is closed may write a row.
    """

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        # A client may leave while a thread reads: it is closed after that, and not in the midst of it.
        self._reading = Lock()
        with ExitStack() as refused:
            refused.callback(self.close)
            self._first: bytes | None = next(parts, b"")
            refused.pop_all()

    def __next__(self) -> bytes:
        first, self._first = self._first, None
        if first is not None:
            return first
        with self._reading:
            return next(self._parts)

    def close(self) -> None:
        with self._reading:
            if isinstance(self._parts, Closing):
                self._parts.close()


def stream(request: HttpRequest, parts: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    """The parts as they come; the first is fetched now, so that what fails at once is still an answer."""
    whole = Whole(parts)
    if isinstance(request, ASGIRequest):
        response = StreamingHttpResponse(_one_by_one(whole), content_type=content_type)
        # For a client that leaves before the first part: what never began never ends by itself.
        response._resource_closers.append(whole.close)  # type: ignore[attr-defined]
        return response
    return StreamingHttpResponse(whole, content_type=content_type)


def mark_range(response: StreamingHttpResponse, part: range | None, size: int) -> None:
    """Length and range headers of a whole file (None) or of a part of it."""
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(size if part is None else len(part))
    if part is not None:
        response.status_code = 206
        response["Content-Range"] = content_range(part, size)


def regrouped(parts: Iterator[bytes], piece_bytes: int) -> Iterator[bytes]:
    """The same bytes in pieces of this size, the last one shorter."""
    gathered = bytearray()
    for part in parts:
        gathered += part
        while len(gathered) >= piece_bytes:
            yield bytes(gathered[:piece_bytes])
            del gathered[:piece_bytes]
    if gathered:
        yield bytes(gathered)


async def _one_by_one(whole: Whole) -> AsyncIterator[bytes]:
    """Reads each part in a thread when the client is ready for it; a client that leaves ends the parts."""
    read = sync_to_async(lambda: next(whole, None), thread_sensitive=False)
    try:
        while (part := await read()) is not None:
            yield part
    finally:
        await sync_to_async(whole.close, thread_sensitive=False)()
