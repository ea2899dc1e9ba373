"""What the follower has read wakes the worker once, and only where it has something open."""

import pytest
from django.conf import settings

from chain.blocks import BlockRef
from chain.events import LogEvent
from chain.indexer.ledger import Ledger
from chain.indexer.reading import ReadRange
from chain.projections import load
from qjobs.models import JobTask, Run
from qjobs.projections import jobs
from qjobs.rules.run_states import RunState
from tests.fakes.rows import EXECUTOR, digest

TASKS = 3


@pytest.mark.parametrize(("state", "nudges"), [(RunState.CLAIMING, 1), (RunState.DONE, 0)])
def test_many_events_wake_the_worker_once_where_a_run_is_open_and_a_replay_never_does(
    db, monkeypatch, state, nudges
):
    woken = []
    monkeypatch.setattr(jobs, "wake", woken.append)
    Run.objects.create(job_id=1, task=0, approved_digest=digest("spec"), approved_block=1, state=state)
    base, head = (BlockRef(n, digest(f"block {n}"), digest(f"block {n - 1}"), n) for n in (0, 1))
    claims = tuple(claim_of(task, head) for task in range(TASKS))
    ledger = Ledger(load(settings.PROJECTIONS), history_blocks=8)
    ledger.start(chain_id=31337, genesis_hash=base.hash, contracts_digest=digest("contracts"), base=base)

    ledger.advance(ReadRange(1, head, (head,), claims, is_dense=True), from_hash=base.hash, final_number=0)

    assert woken == [jobs.LOOK_FOR_WORK] * nudges
    ledger.replay()
    assert JobTask.objects.count() == TASKS
    assert woken == [jobs.LOOK_FOR_WORK] * nudges


def claim_of(task: int, block: BlockRef) -> LogEvent:
    return LogEvent(
        contract="JobBoard",
        name="TaskClaimed",
        args={"job_id": 1, "task": task, "executor": EXECUTOR, "epoch": 1, "run_by": 9},
        block_number=block.number,
        block_hash=block.hash,
        block_timestamp=block.timestamp,
        tx_hash=digest(f"claim {task}"),
        log_index=task,
        address=digest("board")[:42],
    )
