"""A part that hangs, or grows beyond its memory, is as good as dead: it is ended and started again."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.stack import watchdog
from config.stack.layout import ROOT, Layout
from config.stack.parts import Part, web_speaks
from config.stack.ports import HOST, unused_port
from config.stack.supervisor import Supervisor
from config.stack.tether import tethered

WAIT_SECONDS = 60
MIB = 1024 * 1024
GROWN = "import time; held = bytearray(96 << 20); time.sleep(600)"


class Watched:
    """One part under a supervisor, and what was announced of it."""

    def __init__(self, folder: Path) -> None:
        layout = Layout(ROOT, folder)
        layout.make_folders()
        self.told: list[str] = []
        self.supervisor = Supervisor(layout, self.told.append)

    def start(self, words: list[str], **rules: object) -> None:
        self.supervisor.start(
            Part("web", tethered([sys.executable, *words]), "", {}, ROOT, stop_seconds=0.2, **rules)  # type: ignore[arg-type]
        )

    @property
    def process(self) -> int:
        return self.supervisor._running[0].process.pid

    def check_until(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + WAIT_SECONDS
        while not is_so():
            assert time.monotonic() < end, self.told
            self.supervisor.check()
            time.sleep(0.02)


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(watchdog, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(watchdog, "SILENT_SECONDS", 1.0)
    monkeypatch.setattr(watchdog, "START_SECONDS", 2.0)
    one = Watched(tmp_path)
    yield one
    one.supervisor.kill_all()


@pytest.mark.fault("F28")
def test_web_process_that_hangs_is_ended_and_its_successor_answers(watched: Watched) -> None:
    port = unused_port()
    watched.start(
        ["-m", "http.server", str(port), "--bind", HOST],
        is_ready=lambda: web_speaks(port),
        is_alive=lambda: web_speaks(port, seconds=0.5),
    )
    first = watched.supervisor._running[0].process

    first.send_signal(signal.SIGSTOP)
    watched.check_until(lambda: watched.process != first.pid and web_speaks(port, seconds=0.5))

    assert first.returncode == -signal.SIGKILL
    assert "has not answered" in watched.told[0]


@pytest.mark.fault("F28")
def test_process_beyond_its_memory_is_ended_and_one_within_it_is_left_alone(watched: Watched) -> None:
    watched.start(["-c", GROWN], most_bytes=64 * MIB)
    first = watched.process
    watched.check_until(lambda: watched.process != first)
    assert "of memory, more than 64" in watched.told[0]

    watched.supervisor.stop("web")
    watched.told.clear()
    watched.start(["-c", GROWN], most_bytes=512 * MIB, is_alive=lambda: True)
    within = watched.process
    looks_end = time.monotonic() + 1.5
    watched.check_until(lambda: time.monotonic() > looks_end)

    assert (watched.process, watched.told) == (within, [])
