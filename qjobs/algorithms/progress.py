"""Signs of life from a running algorithm, and the question whether to go on."""

from collections.abc import Callable
from dataclasses import dataclass

from qjobs.algorithms.errors import TrainingCancelled


@dataclass(frozen=True)
class ProgressEvent:
    """`step` of `steps` is done; `metric` is the accuracy just reached, where there is one."""

    step: int
    steps: int
    stage: str
    message: str
    metric: float | None = None


OnProgress = Callable[[ProgressEvent], None]
ShouldCancel = Callable[[], bool]


def ignore_progress(event: ProgressEvent) -> None:
    """For callers that watch nothing."""


def never_cancel() -> bool:
    """For callers that never stop a run."""
    return False


class Watch:
    """Counts the steps of one run and stops it between them."""

    def __init__(self, steps: int, on_progress: OnProgress, should_cancel: ShouldCancel) -> None:
        self._steps = steps
        self._done = 0
        self._on_progress = on_progress
        self._should_cancel = should_cancel

    def check(self) -> None:
        """Raises `TrainingCancelled` when the caller wants no more."""
        if self._should_cancel():
            raise TrainingCancelled(f"stopped after step {self._done} of {self._steps}")

    def tell(self, stage: str, message: str, metric: float | None = None) -> None:
        """A sign of life within a step."""
        self._on_progress(ProgressEvent(self._done, self._steps, stage, message, metric))

    def step(self, stage: str, message: str, metric: float | None = None) -> None:
        self._done += 1
        self.tell(stage, message, metric)
        self.check()
