"""Prints each step as it happens and keeps its time, gas and transactions for the report."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO, TypeVar

SIGN_OF_LIFE_SECONDS = 4.0
POLL_SECONDS = 0.4

T = TypeVar("T")


class DemoFailed(Exception):
    """A step did not truly happen; the message says which and why."""


@dataclass
class Narrator:
    """Tells the story on a terminal or in a log; the figures end up in var/demo/report.json."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    seconds: dict[str, float] = field(default_factory=dict)
    gas: dict[str, int] = field(default_factory=dict)
    _last_line_at: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, text: str) -> None:
        """One line, at once."""
        with self._lock:
            self._last_line_at = time.monotonic()
            self.out.write(text + "\n")
            self.out.flush()

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[None]:
        """Times one step and prints a sign of life while nothing else is printed."""
        self.say(f"\n== {title}")
        started_at = time.monotonic()
        finished = threading.Event()
        pulse = threading.Thread(target=self._pulse, args=(name, started_at, finished), daemon=True)
        pulse.start()
        try:
            yield
        finally:
            finished.set()
            pulse.join()
            self.seconds[name] = round(time.monotonic() - started_at, 2)
        self.say(f"   done in {self.seconds[name]:.1f} s")

    def transaction(self, step: str, who: str, what: str, tx_hash: str, gas_used: int) -> None:
        """A mined transaction: who did what, its hash and its gas (added up where a step has several)."""
        self.gas[step] = self.gas.get(step, 0) + gas_used
        self.say(f"   {who}: {what}\n      tx {tx_hash}  gas {gas_used:,}")

    def wait_for(self, what: str, probe: Callable[[], T | None], *, timeout_seconds: float) -> T:
        """Polls until the probe gives a value; `what` ends in the message when it never does."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            value = probe()
            if value is not None:
                return value
            if time.monotonic() > deadline:
                raise DemoFailed(f"{what} did not happen within {timeout_seconds:.0f} s")
            time.sleep(POLL_SECONDS)

    def _pulse(self, name: str, started_at: float, finished: threading.Event) -> None:
        while not finished.wait(0.5):
            if time.monotonic() - self._last_line_at >= SIGN_OF_LIFE_SECONDS:
                self.say(f"   ... {name}: {time.monotonic() - started_at:.0f} s")
