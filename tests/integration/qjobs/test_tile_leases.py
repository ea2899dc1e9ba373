"""Who may write a tile, and who puts the run back: leases and fences in a real database."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError
from django.db.models.functions import Now

from chain.errors import NodeUnavailable
from common.errors import TooLarge
from config.celery import app
from config.stack.queue_folders import ensure_queue_folders
from qjobs import tasks
from qjobs.errors import LeaseLost
from qjobs.executor import advance, tiling
from qjobs.executor.lease import WORKER_LOST
from qjobs.executor.tile_lease import beat_tile, end_tiled_run, finish_tile, release_tile, take_tile
from qjobs.executor.tile_rows import keep_tile, tile_order
from qjobs.models import Run, RunEvent, Tile
from qjobs.rules.run_states import MAX_LOST_ATTEMPTS, RunState
from qjobs.runner import RunCrashed
from qjobs.selectors.work import TILES_A_LOOK, runs_to_push, tiles_to_push

pytestmark = pytest.mark.django_db(transaction=True)
CID = "bafkreiaaaa"


@pytest.fixture(autouse=True)
def queue(settings) -> None:
    app.set_default()
    ensure_queue_folders(settings.QUEUE_DIR)


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


def let_leases_expire() -> None:
    Tile.objects.update(lease_until=Now() - timedelta(seconds=1))


def test_free_tile_is_leased_once_and_a_held_or_finished_one_is_not(run):
    first = take()

    assert first.fence == 1
    assert take(owner="worker-b") is None
    assert tiles_to_push() == [(1, 0, 1)]
    finish_tile(first, cid=CID, size=3)
    assert take(owner="worker-b") is None


@pytest.mark.fault("F03")
def test_latecomer_with_a_stale_fence_writes_nothing(run):
    late = take()
    let_leases_expire()
    holder = take(owner="worker-b")

    assert not beat_tile(late)
    release_tile(late, lost_attempts=9)
    with pytest.raises(LeaseLost):
        finish_tile(late, cid="forged", size=1)
    finish_tile(holder, cid=CID, size=3)
    with pytest.raises(LeaseLost):
        finish_tile(holder, cid="twice", size=1)

    tile = Tile.objects.get(number=0)
    assert (tile.cid, tile.size, tile.lost_attempts, tile.fence) == (CID, 3, 1, 2)
    assert RunEvent.objects.count() == 1


def test_worker_that_completes_the_set_puts_the_run_back_to_be_joined_and_no_other_does(run):
    first, second = take(0), take(1, owner="worker-b")

    finish_tile(second, cid=CID, size=3)
    assert Run.objects.get().state == RunState.TILING
    assert runs_to_push() == []
    finish_tile(first, cid=CID, size=3)

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
        finish_tile(held, cid=CID, size=3)
    assert not Tile.objects.exclude(cid="").exists()


@pytest.mark.fault("F01")
def test_tile_whose_workers_all_vanish_ends_the_run_in_words_and_leaves_no_bytes(run, settings, tmp_path):
    settings.RUN_SCRATCH_DIR = tmp_path
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
    settings.RUN_SCRATCH_DIR = tmp_path
    Tile.objects.create(run=run, number=2)
    for number in range(3):
        (tmp_path / "made").write_bytes(b"tile %d" % number)
        cid, size = keep_tile(run, tmp_path / "made")
        finish_tile(take(number), cid=cid, size=size)
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


@pytest.mark.parametrize(
    "error", [NodeUnavailable("away"), RunCrashed("killed"), TooLarge("too many rows")], ids=type
)
def test_tile_that_fails_after_its_run_ended_changes_nothing(run, monkeypatch, error):
    hold_late(monkeypatch, error, lambda: end_tiled_run(run.pk, RunState.LOST, "claimed by another"))

    ended = Run.objects.get()
    assert (ended.state, ended.reason) == (RunState.LOST, "claimed by another")


def test_tile_that_is_done_after_its_run_ended_leaves_no_bytes_and_after_a_pause_it_does(
    run, settings, tmp_path
):
    settings.RUN_SCRATCH_DIR = tmp_path / "runs"
    made = tmp_path / "made"
    first, second = take(0), take(1)

    Run.objects.update(state=RunState.PAUSED)
    made.write_bytes(b"tile 0")
    with pytest.raises(LeaseLost):
        tiling.hand_in(first, run, made)
    assert len(list((tmp_path / "runs/tiles-1-0").iterdir())) == 1

    Run.objects.update(state=RunState.TILING)
    end_tiled_run(run.pk, RunState.FAILED, "no more")
    made.write_bytes(b"tile 1")
    with pytest.raises(LeaseLost):
        tiling.hand_in(second, run, made)
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.fault("F01")
@pytest.mark.parametrize("state", RunState)
def test_look_for_work_forgets_the_tiles_of_runs_that_need_none(run, settings, tmp_path, monkeypatch, state):
    monkeypatch.setattr(tasks, "runs_to_push", list)
    settings.RUN_SCRATCH_DIR = tmp_path
    (tmp_path / "tiles-1-0").mkdir()
    Run.objects.update(state=state)

    tasks.look_for_work()

    needs = state in {"QUEUED", "CLAIMING", "CLAIMED", "RUNNING", "TILING", "PAUSED"}
    assert Tile.objects.exists() == needs
    assert (tmp_path / "tiles-1-0").exists() == needs


@pytest.mark.fault("F01")
def test_run_whose_joining_workers_all_crash_leaves_no_tiles(run, settings, tmp_path, monkeypatch):
    settings.RUN_SCRATCH_DIR = tmp_path
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
