"""Who may write a tile, and who puts the run back: leases and fences in a real database."""

import errno
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.db.models.functions import Now

from chain.errors import NodeUnavailable
from common.errors import TooLarge
from config.celery import app
from config.stack.queue_folders import ensure_queue_folders
from qjobs import tasks
from qjobs.algorithms.tiling.rules import FORM
from qjobs.errors import LeaseLost
from qjobs.executor import advance, tiling
from qjobs.executor.lease import WORKER_LOST, Lease, take_lease
from qjobs.executor.tile_lease import (
    TileLease,
    beat_tile,
    end_held,
    end_tiled_run,
    finish_tile,
    release_tile,
    take_tile,
)
from qjobs.executor.tile_rows import forget_left_tiles, forget_tiles, plan_tiles, tile_order
from qjobs.models import Run, RunEvent, Tile
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, RunState
from qjobs.runner import RunCrashed
from qjobs.selectors.work import TILES_A_LOOK, runs_to_push, tiles_to_push

pytestmark = pytest.mark.django_db(transaction=True)
WAIT_SECONDS = 60
WAITS_FOR_ME = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
HELD = "SELECT id FROM qjobs_tile WHERE run_id = %s FOR UPDATE NOWAIT"


@pytest.fixture(autouse=True)
def queue(settings, tmp_path) -> None:
    app.set_default()
    ensure_queue_folders(settings.QUEUE_DIR)
    settings.RUN_SCRATCH_DIR = tmp_path


@pytest.fixture
def run() -> Run:
    """A run that waits for two tiles."""
    made = Run.objects.create(
        job_id=1, task=0, approved_digest="0x" + "11" * 32, approved_block=5, state=RunState.TILING
    )
    Tile.objects.bulk_create([Tile(run=made, number=number) for number in range(2)])
    return made


def take(number: int = 0, owner: str = "worker-a"):
    return take_tile(job_id=1, task=0, number=number, owner=owner)


def finish(lease: TileLease, content: bytes = b"kernel") -> None:
    """Hands a tile's bytes in, from a folder of the attempt's own."""
    file = Path(settings.RUN_SCRATCH_DIR) / f"made-{lease.number}"
    file.write_bytes(content)
    finish_tile(lease, file)


def let_leases_expire() -> None:
    Tile.objects.update(lease_until=Now() - timedelta(seconds=1))


def test_free_tile_is_leased_once_and_a_held_or_finished_one_is_not(run):
    first = take()

    assert first.fence == 1
    assert take(owner="worker-b") is None
    assert tiles_to_push() == [(1, 0, 1)]
    finish(first)
    assert take(owner="worker-b") is None


@pytest.mark.fault("F03")
def test_beat_that_comes_after_the_release_of_a_tile_takes_nothing_back(run):
    lease = take()
    assert beat_tile(lease)
    release_tile(lease)

    assert not beat_tile(lease)

    assert take() is not None


def test_latecomer_with_a_stale_fence_writes_nothing(run, tmp_path):
    late = take()
    let_leases_expire()
    holder = take(owner="worker-b")

    assert not beat_tile(late)
    release_tile(late, lost_attempts=9)
    with pytest.raises(LeaseLost):
        finish(late, b"forged")
    finish(holder)
    with pytest.raises(LeaseLost):
        finish(holder, b"twice")

    tile = Tile.objects.get(number=0)
    assert (tile.size, tile.lost_attempts, tile.fence) == (len(b"kernel"), 1, 2)
    assert [file.name for file in (tmp_path / f"tiles-1-0-{FORM}").iterdir()] == [tile.cid]
    assert RunEvent.objects.count() == 1


def test_tiles_of_a_release_that_cut_otherwise_are_computed_anew_and_forgotten_with_the_run(run, tmp_path):
    for number in range(2):
        finish(take(number))
    (tmp_path / f"tiles-1-0-{FORM}").rename(tmp_path / "tiles-1-0")

    assert tile_order(Run.objects.get()) is None
    assert Tile.objects.filter(state=Tile.State.WAITING, cid="", size=0).count() == 2

    Run.objects.update(state=RunState.TILING)
    for number in range(2):
        finish(take(number))
    order = tile_order(Run.objects.get())
    assert order is not None
    assert {file.parent.name for file in order.files} == {f"tiles-1-0-{FORM}"}
    forget_tiles(run)
    assert list(tmp_path.glob("tiles-*")) == []


def test_worker_that_completes_the_set_puts_the_run_back_to_be_joined_and_no_other_does(run):
    first, second = take(0), take(1, owner="worker-b")

    finish(second)
    assert Run.objects.get().state == RunState.TILING
    assert runs_to_push() == []
    finish(first)

    assert Run.objects.get().state == RunState.RUNNING
    assert runs_to_push() == [(1, 0)]
    assert list(RunEvent.objects.values_list("step", "steps", "sequence")) == [(1, 2, 1), (2, 2, 2)]


@pytest.mark.parametrize("state", [RunState.PAUSED, RunState.LOST, RunState.RUNNING, RunState.DONE])
def test_tiles_of_a_run_that_waits_for_none_are_neither_given_nor_taken(run, state):
    held = take()

    Run.objects.update(state=state)

    assert take(1) is None
    assert tiles_to_push() == []
    assert not beat_tile(held)
    with pytest.raises(LeaseLost):
        finish(held)
    assert not Tile.objects.exclude(cid="").exists()


@pytest.mark.fault("F01")
def test_tile_whose_workers_all_vanish_ends_the_run_in_words_and_leaves_no_bytes(run, settings, tmp_path):
    (tmp_path / "tiles-1-0").mkdir()
    for _ in range(MAX_LOST_ATTEMPTS):
        assert take() is not None
        let_leases_expire()

    assert take() is None

    ended = Run.objects.get()
    assert (ended.state, ended.reason) == (RunState.FAILED, WORKER_LOST)
    assert not Tile.objects.exists()
    assert not (tmp_path / "tiles-1-0").exists()


def test_tile_that_waits_for_a_retry_is_not_leased_before_its_time(run):
    release_tile(take(), not_before=Now() + timedelta(seconds=60))

    assert take() is None
    assert tiles_to_push() == [(1, 0, 1)]


def test_tiles_whose_bytes_are_changed_or_gone_wait_again_and_whole_ones_do_not(run, settings, tmp_path):
    Tile.objects.create(run=run, number=2)
    for number in range(3):
        finish(take(number), b"tile %d" % number)
    whole = tile_order(run)
    assert [file.read_bytes() for file in whole.files] == [b"tile 0", b"tile 1", b"tile 2"]

    whole.files[0].write_bytes(b"tile x")
    whole.files[2].unlink()
    Path(tmp_path / "elsewhere").write_bytes(b"tile 2")
    whole.files[2].symlink_to(tmp_path / "elsewhere")

    assert tile_order(run) is None
    assert list(Tile.objects.order_by("number").values_list("state", flat=True)) == [
        "WAITING",
        "DONE",
        "WAITING",
    ]


def test_database_refuses_a_finished_tile_without_bytes(run):
    with pytest.raises(IntegrityError):
        Tile.objects.filter(number=0).update(state=Tile.State.DONE)


def test_one_look_nudges_a_few_of_many_tiles(run):
    Tile.objects.bulk_create([Tile(run=run, number=number) for number in range(2, 60)])

    assert tiles_to_push() == [(1, 0, number) for number in range(TILES_A_LOOK)]


def hold_late(monkeypatch, error: Exception, meanwhile) -> None:
    """Has a worker take the first tile and fail with `error` after what happens `meanwhile`."""

    def compute(*_: object) -> None:
        meanwhile()
        raise error

    monkeypatch.setattr(tiling, "_compute", compute)
    tiling.advance_tile(job_id=1, task=0, number=0)


@pytest.mark.fault("F03")
@pytest.mark.parametrize("error", [TooLarge("too many rows"), RunCrashed("killed")], ids=["error", "crash"])
def test_latecomer_that_fails_does_not_end_the_run_and_the_holder_does(run, monkeypatch, error):
    Tile.objects.update(lost_attempts=MAX_LOST_ATTEMPTS - 2)

    def lose_the_lease() -> None:
        let_leases_expire()
        assert take(owner="worker-b") is not None

    hold_late(monkeypatch, error, lose_the_lease)
    assert (Run.objects.get().state, Tile.objects.get(number=0).lease_owner) == (RunState.TILING, "worker-b")

    Tile.objects.update(lease_owner="", lease_until=None)
    hold_late(monkeypatch, error, lambda: None)
    assert Run.objects.get().state == RunState.FAILED
    assert not Tile.objects.exists()


@pytest.mark.fault("F27")
def test_full_disk_makes_tile_and_run_wait_and_counts_as_no_lost_worker(run, monkeypatch):
    full = OSError(errno.ENOSPC, "No space left on device")

    def fill_the_disk(*_: object) -> None:
        raise full

    hold_late(monkeypatch, full, lambda: None)
    tile = Tile.objects.get(number=0)
    Run.objects.update(state=RunState.RUNNING)
    monkeypatch.setattr(advance, "_take_steps", fill_the_disk)
    advance.advance_run(job_id=1, task=0)

    waiting = Run.objects.get()
    assert (tile.retries, tile.lost_attempts, tile.lease_owner) == (1, 0, "")
    assert (waiting.state, waiting.retries, waiting.lost_attempts) == (RunState.RUNNING, 1, 0)
    assert take() is None
    assert take_lease(job_id=1, task=0, owner="worker-b") is None


@pytest.mark.parametrize(
    "error", [NodeUnavailable("away"), RunCrashed("killed"), TooLarge("too many rows")], ids=type
)
def test_tile_that_fails_after_its_run_ended_changes_nothing(run, monkeypatch, error):
    hold_late(monkeypatch, error, lambda: end_tiled_run(run.pk, RunState.LOST, "claimed by another"))

    ended = Run.objects.get()
    assert (ended.state, ended.reason) == (RunState.LOST, "claimed by another")


@pytest.mark.parametrize(
    "end",
    [
        lambda run: Run.objects.update(state=RunState.PAUSED),
        lambda run: end_tiled_run(run.pk, RunState.FAILED, "no more"),
        forget_tiles,
    ],
    ids=["pause", "end", "sweep"],
)
def test_tile_that_is_done_after_its_run_stopped_is_refused_and_leaves_no_bytes(run, tmp_path, end):
    held = take()

    end(run)

    with pytest.raises(LeaseLost):
        finish(held)
    assert not (tmp_path / "tiles-1-0").exists()


@pytest.mark.fault("F01")
@pytest.mark.parametrize("state", RunState)
def test_look_for_work_forgets_tiles_and_folders_of_runs_that_need_none(run, tmp_path, monkeypatch, state):
    monkeypatch.setattr(tasks, "runs_to_push", list)
    left = [tmp_path / name for name in ("tiles-1-0", "1-0-4", "tile-1-0-1-3", "kept-1-0", "11-0-4")]
    for folder in left:
        folder.mkdir()
    Run.objects.update(state=state)

    tasks.look_for_work()

    needs = state in {"QUEUED", "CLAIMING", "CLAIMED", "RUNNING", "TILING", "PAUSED"}
    has_ended = state in {"DONE", "REFUSED", "LOST", "FAILED"}
    assert Tile.objects.exists() == needs
    assert [folder.exists() for folder in left] == [
        needs,
        *[not has_ended] * 2,
        not has_ended or state == "FAILED",
        True,
    ]


@pytest.mark.fault("F01")
def test_run_whose_joining_workers_all_crash_leaves_no_tiles(run, settings, tmp_path, monkeypatch):
    (tmp_path / "tiles-1-0").mkdir()
    Run.objects.update(state=RunState.RUNNING)

    def crash(*_: object) -> None:
        raise RunCrashed("killed")

    monkeypatch.setattr(advance, "_take_steps", crash)
    for left in range(MAX_LOST_ATTEMPTS, 0, -1):
        assert Tile.objects.exists(), left
        advance.advance_run(job_id=1, task=0)

    assert Run.objects.get().state == RunState.FAILED
    assert not Tile.objects.exists()
    assert not (tmp_path / "tiles-1-0").exists()


def lose_for_the_third_time(run: Run) -> Callable[[], object]:
    take()
    Tile.objects.update(lost_attempts=MAX_LOST_ATTEMPTS - 1)
    let_leases_expire()
    return take


def complete(run: Run) -> Callable[[], object]:
    return partial(finish, take())


def end(run: Run) -> Callable[[], object]:
    return partial(end_held, take(), RunState.FAILED, "no more")


def leave_behind(run: Run) -> Callable[[], object]:
    Run.objects.update(state=RunState.FAILED)
    return forget_left_tiles


def split(run: Run) -> Callable[[], object]:
    Tile.objects.all().delete()
    Run.objects.update(state=RunState.RUNNING)
    return lambda: plan_tiles(run, Lease(run.pk, 0, "worker-a"), 3)


@pytest.mark.fault("F02")
@pytest.mark.parametrize(
    "prepare",
    [lose_for_the_third_time, complete, end, lambda run: partial(forget_tiles, run), leave_behind, split],
    ids=["third loss", "done", "ended", "forgotten", "left", "split"],
)
def test_whoever_needs_a_run_and_its_tiles_waits_for_the_run_with_no_tile_in_hand(run, prepare):
    act = prepare(run)

    def wait_and_act() -> None:
        try:
            act()
        finally:
            connection.close()

    with (
        ThreadPoolExecutor(1) as workers,
        psycopg.connect(**connection.get_connection_params()) as other,
    ):
        other.execute("SELECT 1 FROM qjobs_run WHERE id = %s FOR UPDATE", [run.pk])
        acting = workers.submit(wait_and_act)
        last_look = time.monotonic() + WAIT_SECONDS
        while other.execute(WAITS_FOR_ME).fetchone() is None:
            assert not acting.done()
            assert time.monotonic() < last_look
            time.sleep(0.02)
        held = other.execute(HELD, [run.pk]).fetchall()

        other.commit()
        acting.result(WAIT_SECONDS)

    assert len(held) == (0 if prepare is split else 2)
