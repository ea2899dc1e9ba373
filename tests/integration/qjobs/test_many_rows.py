"""What workers and operators ask every few seconds stays quick where tables are long."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chain.models import OutboxEntry, OutboxTransaction, SenderAccount
from config.operations import accounts
from config.operations import work as operations
from qjobs.executor.steps import _is_our_address
from qjobs.models import Job, Run, SpecDocument
from qjobs.selectors.job_work import work_on
from qjobs.selectors.promised import promised_cids
from qjobs.selectors.work import RUNS_A_LOOK, previews_to_draw, runs_to_push
from tests.fakes import job_rows, rows

pytestmark = pytest.mark.django_db
ROWS = 4000
LONG = {"qjobs_specdocument", "qjobs_run", "chain_outboxentry", "chain_outboxtransaction"}
QUESTIONS: dict[str, Callable[[], object]] = {
    "previews to draw": previews_to_draw,
    "runs to push": runs_to_push,
    "newest specs": lambda: list(promised_cids()[0][:10]),
    "claims of a stranger": lambda: _is_our_address(rows.MEMBER),
    "transactions of a job": lambda: work_on(7),
    "stuck work": lambda: operations.stuck_work(timezone.now()),
    "queues": lambda: operations.queues(timezone.now()),
    "runs that ended": operations.runs,
    "transactions that failed": operations.transactions,
    "our accounts": accounts._accounts,
}


@pytest.fixture(autouse=True)
def deployment(settings, tmp_path) -> None:
    settings.DEPLOYMENT_FILE = tmp_path / "31337.json"
    rows.write_deployment(settings.DEPLOYMENT_FILE)
    rows.add_head()


def add_runs(first: int, count: int, **fields: object) -> None:
    Run.objects.bulk_create(
        Run(job_id=number, task=0, approved_digest=rows.digest("spec"), approved_block=1, **fields)
        for number in range(first, first + count)
    )


def fill() -> None:
    add_runs(1, ROWS, state="DONE")
    SpecDocument.objects.bulk_create(
        SpecDocument(
            digest=rows.digest(f"spec {number}"),
            cid="bafk",
            author=rows.RESEARCHER,
            spec={},
            estimate={},
            preview_state="READY",
            circuit_text="q0: " * 100,
        )
        for number in range(ROWS)
    )
    entries = OutboxEntry.objects.bulk_create(
        OutboxEntry(key=f"claim:{n}", kind="claim", sender="executor", payload={"job_id": n}, state="FINAL")
        for n in range(ROWS)
    )
    OutboxTransaction.objects.bulk_create(
        OutboxTransaction(
            entry=entry,
            sender_address=rows.EXECUTOR,
            nonce=entry.pk,
            raw=b"signed",
            tx_hash=rows.digest(entry.key),
            gas_limit=1,
            max_fee_wei=1,
            priority_fee_wei=1,
            signed_at=timezone.now(),
        )
        for entry in entries
    )
    SenderAccount.objects.create(address=rows.EXECUTOR, next_nonce=ROWS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def tables_read_whole(ask: Callable[[], object]) -> set[str]:
    """The long tables that these questions read from end to end, as the database itself plans them."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    found: set[str] = set()
    for query in asked:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (FORMAT JSON) " + query["sql"])
            plan = cursor.fetchone()[0]
        found |= set(scanned(json.loads(plan) if isinstance(plan, str) else plan))
    return found


def scanned(plan: object) -> list[str]:
    if isinstance(plan, list):
        return [name for part in plan for name in scanned(part)]
    if not isinstance(plan, dict):
        return []
    here = [plan["Relation Name"]] if plan.get("Node Type") == "Seq Scan" else []
    return here + [name for part in plan.values() for name in scanned(part)]


def test_question_that_is_asked_again_and_again_reads_no_long_table_as_a_whole() -> None:
    fill()

    whole = {name: tables_read_whole(ask) & LONG for name, ask in QUESTIONS.items()}

    assert whole == {name: set() for name in QUESTIONS}


def test_runs_that_wait_for_their_window_are_left_alone_and_thousands_of_new_ones_come_bit_by_bit() -> None:
    for job_id, ends_at in ((1, rows.NOW + 100), (2, rows.NOW - 100)):
        job_rows.add_job(job_id, state=Job.State.WINDOW, window_ends_at=ends_at)
    add_runs(1, 2, state="POSTED", epoch=1, heartbeat_at=Now())
    add_runs(10, RUNS_A_LOOK + 5)

    assert runs_to_push() == [(2, 0), *((number, 0) for number in range(10, 10 + RUNS_A_LOOK))]


def test_run_that_was_taken_up_longest_ago_is_pushed_first() -> None:
    add_runs(1, RUNS_A_LOOK + 1, state="CLAIMED", heartbeat_at=timezone.now())
    Run.objects.filter(job_id=RUNS_A_LOOK + 1).update(heartbeat_at=timezone.now() - timedelta(minutes=1))

    pushed = runs_to_push()

    assert pushed[0] == (RUNS_A_LOOK + 1, 0)
    assert len(pushed) == RUNS_A_LOOK
