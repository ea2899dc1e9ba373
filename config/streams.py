"""Keeps the answers open that a view handed over, after Django has ended the request."""

import asyncio

from common.event_stream import DESK, Desk, Stream
from config.asgi_limits import App, Message, Receive, Scope, Send


class EventStreams:
    """An ASGI application whose event streams are poured here, one coroutine each and nothing else."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        desk = Desk()
        is_open = False

        async def held(message: Message) -> None:
            nonlocal is_open
            if message["type"] == "http.response.start":
                is_open = desk.stream is not None and message["status"] == 200
            if not is_open or message["type"] != "http.response.body":
                await send(message)

        try:
            await self._app({**scope, DESK: desk}, receive, held)
            if is_open and desk.stream is not None:
                await _pour(desk.stream, receive, send)
        finally:
            if desk.stream is not None:
                desk.stream.on_end()


async def _pour(stream: Stream, receive: Receive, send: Send) -> None:
    """Until the stream ends or its reader leaves, whichever is first."""
    tasks = [asyncio.create_task(_all_parts(stream, send)), asyncio.create_task(_departure(receive))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


async def _all_parts(stream: Stream, send: Send) -> None:
    async for part in stream.parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
