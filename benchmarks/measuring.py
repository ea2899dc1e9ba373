"""Times, the machine's own limits, and figures with their goals."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import numpy as np
from scipy.linalg.blas import zgemm, zherk

MIN_REPEATS, MAX_REPEATS = 3, 15
BUDGET_SECONDS = 1.5


def cpu_seconds(work: Callable[[], object], *, warm: bool = True, budget: float = BUDGET_SECONDS) -> float:
    """Median CPU time of a call; `warm`: after one call that does not count. Long calls are timed once."""
    if warm:
        work()
    times: list[float] = []
    while len(times) < MAX_REPEATS:
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
        if sum(times) > budget and (len(times) >= MIN_REPEATS or sum(times) > 2 * budget):
            break
    return median(times)


@dataclass(frozen=True)
class Machine:
    """Peak of a complex matrix product, in floating-point operations a second."""

    flops: float

    def herk_seconds(self, rows: int, dimension: int) -> float:
        """A rank-k update of this size alone, measured."""
        states = np.ones((rows, dimension), dtype=np.complex128).T
        return cpu_seconds(lambda: zherk(1.0, states, trans=2))


def measured_machine(size: int = 1024) -> Machine:
    """The best of several products: a peak, not a median."""
    matrix = np.ones((size, size), dtype=np.complex128)
    best = min(cpu_seconds(lambda: zgemm(1.0, matrix, matrix), budget=0.2) for _ in range(4))
    return Machine(8 * size**3 / best)


@dataclass(frozen=True)
class Time:
    """Seconds of one contestant; `note` says what was scaled, or why there is no time."""

    who: str
    seconds: float | None
    note: str = ""


@dataclass(frozen=True)
class Goal:
    """`ratio` against a reference: at least the limit where `at_least`, else at most."""

    what: str
    ratio: float | None
    limit: float
    at_least: bool = True

    @property
    def verdict(self) -> str:
        if self.ratio is None:
            return "not measured"
        return "met" if (self.ratio >= self.limit) == self.at_least else "MISSED"


@dataclass(frozen=True)
class Case:
    """One line of work: our times first, the others after; the largest difference between results."""

    name: str
    ours: Time
    plain: Time
    peers: tuple[Time, ...]
    bound: float
    difference: float
    goals: tuple[Goal, ...]


def best_library(peers: tuple[Time, ...], without: str) -> float | None:
    """The fastest peer but the one that has a goal of its own."""
    known = [each.seconds for each in peers if each.seconds is not None and each.who != without]
    return min(known, default=None)


def ratio(part: float | None, whole: float) -> float | None:
    return None if part is None else part / whole
