"""What `make up` lets a web process be: how much memory it may hold, and how long it may stay silent."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.stack import watchdog
from config.stack.errors import StackError
from config.stack.layout import ROOT, Layout
from config.stack.parts import LEAST_WEB_BYTES, WEB_MEMORY_BYTES, Part, site_parts
from config.stack.watchdog import LOOK_SECONDS, SILENT_SECONDS, START_SECONDS, Watchdog

Look = Callable[[float, bool], str | None]


def most_bytes(said: str, folder: Path) -> int | None:
    parts = site_parts(Layout(ROOT, folder), {"WEB_MEMORY_BYTES": said}, 8000, 8001)
    return next(part.most_bytes for part in parts if part.name == "web")


@pytest.mark.parametrize(
    ("said", "most"), [("", WEB_MEMORY_BYTES), (f" {LEAST_WEB_BYTES} ", LEAST_WEB_BYTES)]
)
def test_limit_of_memory_is_a_number_of_bytes(said: str, most: int, tmp_path: Path) -> None:
    assert most_bytes(said, tmp_path) == most


@pytest.mark.parametrize("said", ["2G", "0", "-1", "1e9", str(LEAST_WEB_BYTES - 1)])
def test_limit_that_is_no_number_or_that_no_web_process_keeps_is_refused_in_words(
    said: str, tmp_path: Path
) -> None:
    with pytest.raises(StackError, match=f"WEB_MEMORY_BYTES must be a whole number.*{said}"):
        most_bytes(said, tmp_path)


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """Has a watchdog look at a process by hand: so many seconds after it began, with an answer or none."""
    seconds, answers = [0.0], [True]
    monkeypatch.setattr(watchdog, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    monkeypatch.setattr(watchdog.threading.Thread, "start", lambda _: None)
    part = Part("web", [], "", {}, ROOT, is_alive=lambda: answers[0])
    dog = Watchdog(part, os.getpid())

    def once(at: float, answer: bool) -> str | None:
        seconds[0], answers[0] = at, answer
        return dog._look()

    return once


@pytest.mark.fault("F28")
def test_process_that_still_starts_is_left_alone_for_longer_and_not_for_ever(look: Look) -> None:
    assert look(SILENT_SECONDS + 1, False) is None
    assert look(START_SECONDS - 1, False) is None
    assert look(START_SECONDS + 1, False) is not None


@pytest.mark.fault("F28")
def test_process_that_was_frozen_with_us_is_asked_once_more_and_a_hung_one_is_told(look: Look) -> None:
    thawed = 10 * SILENT_SECONDS
    assert look(LOOK_SECONDS, True) is None

    assert look(thawed, False) is None
    assert look(thawed + LOOK_SECONDS, True) is None
    assert look(thawed + 2 * LOOK_SECONDS, False) is None
    assert look(thawed + 3 * LOOK_SECONDS, False) is None
    assert look(thawed + SILENT_SECONDS + 2 * LOOK_SECONDS, False) is not None
