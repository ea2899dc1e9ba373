"""One look a second at the rows, for every open stream together."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import TypeVar
from weakref import WeakKeyDictionary

from django.db import InterfaceError, OperationalError, connection

from qjobs.selectors.news import Sight, sights_of

LOOK_SECONDS = 1.0
DATABASE_AWAY = (OperationalError, InterfaceError)

_Answer = TypeVar("_Answer")


class Lookout:
    """Watches jobs for all readers of one event loop. Its one thread has a connection only while it reads."""

    def __init__(self) -> None:
        self._watched: Counter[int] = Counter()
        self._sights: dict[int, Sight] = {}
        self._turn = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job-streams")
        self._waiting = 0

    @asynccontextmanager
    async def watching(self, job_id: int) -> AsyncIterator[None]:
        """While somebody is in it, the job is looked at."""
        self._watched[job_id] += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_on())
        try:
            yield
        finally:
            self._watched[job_id] -= 1
            if not self._watched[job_id]:
                del self._watched[job_id]
                self._sights.pop(job_id, None)

    async def changed(self, job_id: int, seen: Sight | None, patience_seconds: float) -> Sight | None:
        """The job as soon as it is another than the one seen; None where it stays the same for so long."""
        try:
            async with asyncio.timeout(patience_seconds):
                while (sight := self._sights.get(job_id)) is None or sight == seen:
                    await self._turn.wait()
        except TimeoutError:
            return None
        return sight

    async def read(self, work: Callable[[], _Answer]) -> _Answer:
        """What the work gives, done in the one thread that reads rows for streams."""
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._reader, self._read, work)
        finally:
            self._waiting -= 1

    def _read(self, work: Callable[[], _Answer]) -> _Answer:
        try:
            return work()
        finally:
            if self._waiting <= 1:  # this one; whoever waits behind it takes the connection over
                connection.close()

    async def _look_on(self) -> None:
        """Until nobody watches. While the database is away, readers keep what they have."""
        try:
            while self._watched:
                with suppress(*DATABASE_AWAY):
                    self._sights.update(await self.read(self._look))
                turn, self._turn = self._turn, asyncio.Event()
                turn.set()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._looking = None
        await self.read(lambda: None)

    def _look(self) -> dict[int, Sight]:
        return sights_of(list(self._watched), dict(self._sights))


_LOOKOUTS: WeakKeyDictionary[asyncio.AbstractEventLoop, Lookout] = WeakKeyDictionary()


def lookout() -> Lookout:
    """The one of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _LOOKOUTS:
        _LOOKOUTS[loop] = Lookout()
    return _LOOKOUTS[loop]
