"""Workers without room: a run or tile that waits for it waits longer each time, and counts as no loss."""

import errno
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.db import OperationalError
from django.db.models.functions import Now

from qjobs.executor import advance, computing, tiling
from qjobs.executor.lease import WORKER_LOST
from qjobs.models import Run, Tile
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, RunState

pytestmark = pytest.mark.django_db(transaction=True)
ATTEMPTS = 4


@pytest.fixture
def run() -> Run:
    made = Run.objects.create(
        job_id=1, task=0, approved_digest="0x" + "11" * 32, approved_block=5, state=RunState.RUNNING
    )
    Tile.objects.create(run=made, number=0)
    return made


@pytest.fixture
def computes_into(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Has the run, or its tile, computed where the working folder answers with that error."""

    def begin(error: Exception) -> None:
        def no_folder(*_: object) -> None:
            raise error

        def step(work: SimpleNamespace) -> None:
            job = SimpleNamespace(inputs=(), sealed_files=(), parent=None)
            computing.compute(work.run, work.lease, job, "0x", work.heartbeat)

        for module in (advance, tiling):
            monkeypatch.setattr(module, "client", lambda: None)
            monkeypatch.setattr(module, "current", lambda: None)
        for module in (computing, tiling):
            monkeypatch.setattr(module, "content_store", lambda: None)
            monkeypatch.setattr(module, "keys_of_sealed", lambda *_: {})
            monkeypatch.setattr(module, "Scratch", no_folder)
        monkeypatch.setattr(computing, "tile_order", lambda _: ())
        monkeypatch.setattr(tiling, "checked_claim", lambda *_: (None, "0x"))
        monkeypatch.setitem(advance.STEPS, RunState.RUNNING, step)

    return begin


def attempt() -> None:
    """Computes the run once, and its tile once, however long they were to wait."""
    Run.objects.update(not_before=None, state=RunState.TILING)
    Tile.objects.update(not_before=None)
    tiling.advance_tile(job_id=1, task=0, number=0)
    Run.objects.update(state=RunState.RUNNING)
    advance.advance_run(job_id=1, task=0)


def full_database() -> OperationalError:
    error = OperationalError("could not extend file")
    error.__cause__ = psycopg.errors.DiskFull("could not extend file")
    return error


@pytest.mark.fault("F27")
@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EIO, "I/O error"), full_database()],
    ids=["full", "broken", "database"],
)
def test_each_attempt_without_room_waits_longer_and_counts_as_no_lost_worker(
    run, computes_into, error
) -> None:
    computes_into(error)

    for _ in range(ATTEMPTS):
        attempt()

    waiting, tile = Run.objects.get(), Tile.objects.get()
    for row in (waiting, tile):
        assert (row.retries, row.lost_attempts, row.lease_owner, row.lease_until) == (ATTEMPTS, 0, "", None)
    assert waiting.state == RunState.RUNNING
    assert Run.objects.filter(not_before__gt=Now() + timedelta(seconds=8)).exists()
    assert Tile.objects.filter(not_before__gt=Now() + timedelta(seconds=8)).exists()


@pytest.mark.fault("F27")
@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOENT])
def test_folder_that_may_not_be_written_ends_the_run_after_a_few_attempts(run, computes_into, code) -> None:
    computes_into(OSError(code, "no"))

    for _ in range(MAX_LOST_ATTEMPTS):
        advance.advance_run(job_id=1, task=0)

    ended = Run.objects.get()
    assert (ended.state, ended.reason, ended.lost_attempts) == (
        RunState.FAILED,
        WORKER_LOST,
        MAX_LOST_ATTEMPTS,
    )
