"""Signs of life from a running algorithm, and the question whether to go on."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from qjobs.algorithms.errors import TrainingCancelled


@dataclass(frozen=True)
class ProgressEvent:
    """`step` of `steps` is done. `metric`: the figure just reached, as an accuracy, an energy or a share of
    the cut. `loss`: what training makes smaller, where it stands. `seconds_left`: by the pace of the steps so
    far. Each is None where there is none.
    """

    step: int
    steps: int
    stage: str
    message: str
    metric: float | None = None
    loss: float | None = None
    seconds_left: float | None = None


OnProgress = Callable[[ProgressEvent], None]
ShouldCancel = Callable[[], bool]
Search = Callable[[], tuple[float, ...]]
"""Finds what a model is fitted with: a few numbers, after much work."""

Remembered = Callable[[Search, int], tuple[float, ...]]


def ignore_progress(event: ProgressEvent) -> None:
    """For callers that watch nothing."""


def never_cancel() -> bool:
    """For callers that never stop a run."""
    return False


def searched(search: Search, numbers: int) -> tuple[float, ...]:
    """For runs that keep nothing: what the search finds."""
    return search()


class Watch:
    """Counts the steps of one run and stops it between them.

    `remembered`: what a search finds, so many numbers; one that an attempt before this one ended is not done
    again.
    """

    def __init__(
        self,
        steps: int,
        on_progress: OnProgress,
        should_cancel: ShouldCancel,
        clock: Callable[[], float] = time.monotonic,
        remembered: Remembered = searched,
    ) -> None:
        self.remembered = remembered
        self._steps = steps
        self._done = 0
        self._clock = clock
        self._started = self._stepped = clock()
        self._on_progress = on_progress
        self._should_cancel = should_cancel

    def check(self) -> None:
        """Raises `TrainingCancelled` when the caller wants no more."""
        if self._should_cancel():
            raise TrainingCancelled(f"stopped after step {self._done} of {self._steps}")

    def tell(
        self, stage: str, message: str, metric: float | None = None, *, loss: float | None = None
    ) -> None:
        """A sign of life within a step."""
        told = ProgressEvent(self._done, self._steps, stage, message, metric, loss, self._seconds_left())
        self._on_progress(told)

    def step(
        self, stage: str, message: str, metric: float | None = None, *, loss: float | None = None
    ) -> None:
        self._done += 1
        self._stepped = self._clock()
        self.tell(stage, message, metric, loss=loss)
        self.check()

    def _seconds_left(self) -> float | None:
        """Steps are taken to last alike; what the one under way has taken already is off."""
        if not self._done:
            return None
        each, waited = (self._stepped - self._started) / self._done, self._clock() - self._stepped
        return max(0.0, each * (self._steps - self._done) - waited)
