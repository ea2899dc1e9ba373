"""Bounds on what one client may make the server hold: endless bodies, slow bodies, readers that stall."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TOO_LARGE = b'{"error": {"code": "too_large", "message": "the request is too large", "field": null}}'


class TooSlow(ConnectionError):
    """The client neither sends nor takes anything any more."""


class BodyTooLarge(ConnectionError):
    """The body has more bytes than any request of ours needs."""


class RequestLimits:
    """An ASGI application behind limits.

    body_bytes: of any request; above it the answer is 413 and the connection ends. idle_seconds: how long the
    next part of a body may take to come, and the next part of an answer to be taken. body_seconds: how long a
    whole body may take, so that one that drips ends too.
    """

    def __init__(self, app: App, *, body_bytes: int, idle_seconds: float, body_seconds: float) -> None:
        self._app = app
        self._body_bytes = body_bytes
        self._idle_seconds = idle_seconds
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(receive, send, self._body_bytes, self._idle_seconds, self._body_seconds)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except BodyTooLarge:
            await exchange.refuse(413, TOO_LARGE)
        except TooSlow:
            await exchange.refuse(408, b"")


class _Exchange:
    """One request: counts its body, and the time that the other side takes."""

    def __init__(
        self, receive: Receive, send: Send, body_bytes: int, idle_seconds: float, body_seconds: float
    ) -> None:
        self._receive = receive
        self._send = send
        self._left = body_bytes
        self._idle_seconds = idle_seconds
        self._ends_at = asyncio.get_running_loop().time() + body_seconds
        self._has_body = False
        self._has_answered = False

    async def receive(self) -> Message:
        if self._has_body:  # now it can only tell that the client has left, whenever that is
            return await self._receive()
        patience = min(self._idle_seconds, self._ends_at - asyncio.get_running_loop().time())
        try:
            message = await asyncio.wait_for(self._receive(), max(0, patience))
        except TimeoutError:
            raise TooSlow from None
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise BodyTooLarge
        self._has_body = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        self._has_answered = True
        try:
            await asyncio.wait_for(self._send(message), self._idle_seconds)
        except TimeoutError:
            raise TooSlow from None

    async def refuse(self, status: int, body: bytes) -> None:
        """Answers, unless an answer has begun: then the connection just ends."""
        if self._has_answered:
            return
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
