"""Large jobs in tiles on a real chain: workers killed, a claim lost on the way, private data."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chain.bindings import job_board
from qjobs.models import Job, RunEvent, RunFile, Tile
from qjobs.rules.run_states import RunState
from qjobs.spec import QnnSpec
from qjobs.spec.costs.qnn import training_seconds
from qjobs.tasks import tile as tile_task
from storage.age.header import VERSION_LINE
from tests.integration.qjobs import test_private_job as private
from tests.integration.qjobs.stage import HOUR, Stage, only_run
from tests.integration.qjobs.test_refusals import admit_rival
from tests.integration.qjobs.workers import WAIT_SECONDS, wait_until, worker_starter

release_keys, release_service = private.release_keys, private.release_service
private_dataset, registered, private_job = private.private_dataset, private.registered, private.private_job

ROWS = 40
"""Of the stage's small table."""

CIRCUIT = {
    "algorithm": {
        "name": "qnn",
        "layers": {"count": 1},
        "optimiser": {"name": "adam", "iterations": 20, "step": 0.1},
        "inner_folds": 2,
    },
    "boosting": {"depths": [1], "trees": 10},
}


@pytest.fixture
def small_tiles(settings) -> None:
    """Splits even the smallest job into two tiles."""
    settings.TILE_THRESHOLD_SECONDS, settings.TILE_LEAST_QUBITS = 1, 1
    settings.TILE_SECONDS = 6e-5


@pytest.fixture(params=["kernels", "trainings"])
def job_in_two(request, stage, dataset, small_tiles, settings) -> int:
    """An approved job that will be split into two tiles, of strips of kernels or of whole trainings."""
    spec = stage.small_spec(*dataset, **(CIRCUIT if request.param == "trainings" else {}))
    if isinstance(spec, QnnSpec):
        settings.TILE_SECONDS = sum(training_seconds(spec, ROWS)) / 1.9
    stage.delegate_votes()
    job_id = stage.request_job(spec)
    stage.approve_job(job_id)
    return job_id


@pytest.fixture
def start_worker(settings) -> Iterator[Callable]:
    with worker_starter(settings) as start:
        yield start


def tiles_folder(settings) -> list[Path]:
    return list(Path(settings.RUN_SCRATCH_DIR).glob("tiles-*/*"))


def computed_by_another(job_id: int, number: int) -> bool:
    tile_task(job_id=job_id, task=0, number=number)
    return Tile.objects.get(number=number).state == Tile.State.DONE


def until_tiling(stage: Stage) -> None:
    """As far as the first attempt, which finds the job large; no tile is computed."""
    for _ in range(8):
        if Tile.objects.exists():
            return
        stage.mine()
        stage.follow()
        stage.push_runs()
        stage.send()
    pytest.fail(f"the run did not ask for tiles: {only_run()}")


@pytest.mark.fault("F01")
def test_job_of_two_workers_one_of_them_killed_is_joined_once_settled_and_matched(
    stage, job_in_two, settings, start_worker, verify
):
    until_tiling(stage)
    killed, other = (start_worker(f"tile(job_id={job_in_two}, task=0, number={number})") for number in (1, 0))
    wait_until(lambda: Tile.objects.filter(number=1).exclude(lease_owner="").exists(), killed)
    killed.send_signal(signal.SIGKILL)
    killed.wait(10)

    assert other.wait(WAIT_SECONDS) == 0
    assert only_run().state == RunState.TILING
    assert len(tiles_folder(settings)) == 1
    wait_until(lambda: tile_task(job_id=job_in_two, task=0, number=1) or only_run().state != RunState.TILING)
    assert Tile.objects.get(number=1).lost_attempts == 1
    assert only_run().state == RunState.RUNNING
    stage.settle_down(4)
    stage.pass_time(10)
    stage.settle_down(6)

    run = only_run()
    assert run.state == RunState.DONE, run.reason
    assert (Job.objects.get().state, run.lost_attempts) == (Job.State.SETTLED, 0)
    told = RunEvent.objects.filter(stage="tiles").values_list("step", "steps")
    assert list(told) == [(0, 0), (1, 2), (2, 2)]
    assert not Tile.objects.exists()
    assert list(Path(settings.RUN_SCRATCH_DIR).iterdir()) == []
    said = verify("job", str(job_in_two))
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]


def test_tiles_end_with_the_claim_that_they_are_computed_under(
    stage, people, approved_job, small_tiles, settings
):
    until_tiling(stage)
    admit_rival(stage, people)
    stage.pass_time(HOUR)
    stage.transact(people.rival, job_board.CLAIM.call(stage.at("JobBoard"), job_id=approved_job, task=0))

    tile_task(job_id=approved_job, task=0, number=0)

    run = only_run()
    assert run.state == RunState.LOST
    assert run.reason.startswith(f"Executor {people.rival.address} holds this task now")
    assert not Tile.objects.exists()
    assert tiles_folder(settings) == []


@pytest.mark.fault("F16")
def test_tile_waits_while_the_chain_is_away_and_is_computed_when_it_is_back(
    stage, approved_job, small_tiles, settings
):
    until_tiling(stage)
    reachable, settings.CHAIN_RPC_URL = settings.CHAIN_RPC_URL, "http://127.0.0.1:9"

    tile_task(job_id=approved_job, task=0, number=0)

    tile = Tile.objects.get(number=0)
    assert (tile.state, tile.retries, tile.lease_owner) == (Tile.State.WAITING, 1, "")
    assert tile.not_before is not None
    settings.CHAIN_RPC_URL = reachable
    Tile.objects.update(not_before=None)
    tile_task(job_id=approved_job, task=0, number=0)
    assert Tile.objects.get(number=0).state == Tile.State.DONE


def test_tiles_of_private_data_are_sealed_on_the_disk_and_gone_with_the_result(
    stage, private_job, release_service, small_tiles, settings
):
    for _ in range(14):
        if not tiles_folder(settings):
            private.live(stage, 1)

    kept = tiles_folder(settings)
    assert kept
    assert all(file.read_bytes().startswith(VERSION_LINE) for file in kept)
    private.live(stage, 6)
    assert only_run().state not in {RunState.TILING, RunState.RUNNING}, only_run().reason
    assert RunFile.objects.filter(name="model.safetensors").exists()
    assert tiles_folder(settings) == []
