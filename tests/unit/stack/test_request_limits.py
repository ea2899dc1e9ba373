"""What one client can make the server hold: endless bodies, drips, readers that stall."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from config.asgi_limits import RequestLimits

SCOPE = {"type": "http"}


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Takes the whole body, then answers with its length."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def ask(receive: Callable[[], Awaitable[Any]], *, stalls: bool = False) -> list[Any]:
    """What the client got."""
    got: list[Any] = []

    async def send(message: Any) -> None:
        if stalls:
            await asyncio.sleep(3600)
        got.append(message)

    limited = RequestLimits(echo, body_bytes=1000, idle_seconds=0.2, body_seconds=0.6)
    asyncio.run(limited(SCOPE, receive, send))
    return got


async def endless() -> dict[str, Any]:
    return {"type": "http.request", "body": b"x" * 100, "more_body": True}


async def silent() -> dict[str, Any]:
    await asyncio.sleep(3600)
    raise AssertionError


async def dripping() -> dict[str, Any]:
    await asyncio.sleep(0.05)
    return {"type": "http.request", "body": b"x", "more_body": True}


async def short() -> dict[str, Any]:
    return {"type": "http.request", "body": b"x" * 1000, "more_body": False}


def test_body_within_the_limit_is_answered():
    assert [message.get("status", message.get("body")) for message in ask(short)] == [200, b"1000"]


@pytest.mark.parametrize(("receive", "status"), [(endless, 413), (silent, 408), (dripping, 408)])
def test_body_that_does_not_end_is_ended(receive: Any, status: int):
    assert [message["status"] for message in ask(receive) if "status" in message] == [status]


def test_reader_that_takes_nothing_is_left():
    assert ask(short, stalls=True) == []
