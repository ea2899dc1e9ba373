"""JSON lines from the child, checked as what they are: words of a process that is not trusted."""

import math
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.progress import ProgressEvent
from qjobs.runner.errors import RunCancelled, RunCrashed, RunTimedOut

MAX_LINE_BYTES = 2**16
MAX_TEXT = 500
READ_BYTES = 2**16
POLL_SECONDS = 0.2


def read_events(
    child: subprocess.Popen[bytes], *, run_seconds: int, should_stop: Callable[[], bool]
) -> Iterator[dict[str, Any]]:
    """Events until the child closes its pipe; asks `should_stop` at least every 0.2 s in between.

    Raises `RunTimedOut`, `RunCancelled`, and `RunCrashed` on a line that is no event.
    """
    if child.stdout is None:
        raise RunCrashed("the child has no pipe")
    deadline = time.monotonic() + run_seconds
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if should_stop():
                raise RunCancelled("the run was stopped")
            if time.monotonic() > deadline:
                raise RunTimedOut(f"the run was stopped after {run_seconds} s")
            if not selector.select(POLL_SECONDS):
                continue
            chunk = child.stdout.read1(READ_BYTES)  # type: ignore[attr-defined]
            if not chunk:
                return
            *lines, pending = (pending + chunk).split(b"\n")
            if len(pending) > MAX_LINE_BYTES:
                raise RunCrashed("the child wrote a line without end")
            for line in lines:
                yield _event(line)


def progress_of(event: dict[str, Any]) -> ProgressEvent:
    """The progress in an event, every text cut to a readable length."""
    try:
        return ProgressEvent(
            step=int(event["step"]),
            steps=int(event["steps"]),
            stage=str(event["stage"])[:MAX_TEXT],
            message=str(event["message"])[:MAX_TEXT],
            metric=_figure(event.get("metric")),
            loss=_figure(event.get("loss")),
            seconds_left=_figure(event.get("seconds_left")),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise RunCrashed("the child sent a progress event that cannot be read") from error


def _figure(number: Any) -> float | None:
    return float(number) if number is not None and math.isfinite(number) else None


def _event(line: bytes) -> dict[str, Any]:
    try:
        event = strict_loads(line)
    except NotJson as error:
        raise RunCrashed("the child wrote a line that is no event") from error
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise RunCrashed("the child wrote a line that is no event")
    return event
