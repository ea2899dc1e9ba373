"""What is said of chain, work and content: fine, worth a look, or wrong, and from when."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chain.client import ChainClient
from chain.models import IndexCursor, OutboxEntry, Reorg
from config.operations import content, following, work
from config.stack.findings import Finding, Level
from marketplace.models import VersionMetadata
from marketplace.store import content_store
from qjobs.models import Run, SpecDocument
from qjobs.rules.run_states import RunState
from storage.local.scrub import scrub
from storage.local.store import LocalStore
from tests.fakes import job_rows, rows
from tests.integration.admin.conftest import NOWHERE, level_of

pytestmark = pytest.mark.django_db


class Node:
    """A node that says one number."""

    def __init__(self, head: int) -> None:
        self.head = head

    def head_number(self) -> int:
        return self.head


def index_at(head: int, *, silent: float = 0) -> Finding:
    node: Any = Node(head)
    return following.index(node, IndexCursor.objects.get().updated_at + timedelta(seconds=silent))


def add_spec(**fields: Any) -> SpecDocument:
    return SpecDocument.objects.create(
        **{
            "digest": rows.digest("spec"),
            "cid": "c",
            "author": rows.MEMBER,
            "spec": {},
            "estimate": {},
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("head", "silent", "level"),
    [
        (100, 0, Level.FINE),
        (105, 5, Level.FINE),
        (106, 5, Level.NOTE),
        (101, 120, Level.BROKEN),
        (100, 10_000, Level.FINE),
        (99, 0, Level.BROKEN),
    ],
)
def test_follower_is_late_while_it_moves_and_dead_where_it_does_not(
    head: int, silent: float, level: Level
) -> None:
    rows.add_head(100)

    assert index_at(head, silent=silent).level is level


def test_node_that_is_away_is_said_so_without_its_address() -> None:
    rows.add_head()

    found = following.index(ChainClient(f"{NOWHERE}/secret-key", 31337), timezone.now())

    assert found.is_broken
    assert "the node does not answer" in found.text
    assert "secret" not in found.text


@pytest.mark.fault("F12")
def test_reorganisation_below_final_blocks_calls_for_a_person() -> None:
    now = timezone.now()
    assert following.reorganisations(now).is_fine
    fork = {"old_head_number": 100, "old_head_hash": rows.digest("old")}

    Reorg.objects.create(fork_number=98, deep_number=96, **fork)
    assert following.reorganisations(now).level is Level.NOTE
    Reorg.objects.create(fork_number=90, deep_number=96, **fork)

    assert following.reorganisations(now).is_broken
    assert following.reorganisations(now + timedelta(days=2)).is_fine


@pytest.mark.parametrize(("seconds", "level"), [(5, Level.FINE), (90, Level.NOTE), (400, Level.BROKEN)])
def test_queue_is_as_old_as_its_oldest_row(seconds: int, level: Level) -> None:
    job_rows.add_job(1)
    run = job_rows.add_run(1, state=RunState.QUEUED)
    entry = OutboxEntry.objects.create(key="pay", kind="withdraw", sender="executor")
    spec = add_spec()
    now = timezone.now()
    old = now - timedelta(seconds=seconds)
    for row in (run, entry, spec):
        type(row).objects.filter(pk=row.pk).update(created_at=old)

    found = work.queues(now)

    assert {part: level_of(found, part) for part in ("runs", "sender", "preview")} == dict.fromkeys(
        ("runs", "sender", "preview"), level
    )


def test_empty_queues_are_fine() -> None:
    assert [each.level for each in work.queues(timezone.now())] == [Level.FINE] * 4


@pytest.mark.fault("F02")
@pytest.mark.parametrize(
    ("state", "lease", "is_silent"),
    [
        (RunState.RUNNING, -100, True),
        (RunState.RUNNING, 10, False),
        (RunState.RUNNING, -10, False),
        (RunState.POSTED, -100, False),
        (RunState.DONE, -100, False),
    ],
)
def test_run_that_no_worker_takes_is_named(state: RunState, lease: int, is_silent: bool) -> None:
    job_rows.add_job(1)
    run = job_rows.add_run(1, state=state)
    now = timezone.now()
    Run.objects.update(created_at=now - timedelta(hours=1), lease_until=now + timedelta(seconds=lease))

    assert work.stuck_work(now).silent_runs == ((run,) if is_silent else ())


def test_paused_run_failed_preview_and_lost_document_are_listed() -> None:
    job_rows.add_job(1)
    run = job_rows.add_run(1, state=RunState.PAUSED)
    spec = add_spec(preview_state="FAILED", preview_problem="too deep")
    VersionMetadata.objects.create(digest=rows.digest("gone"), state="MISSING")
    now = timezone.now()

    stuck = work.stuck_work(now)

    assert (stuck.ended_runs, stuck.failed_previews) == ((run,), (spec,))
    assert work.runs().is_broken
    assert level_of(work.queues(now), "documents") is Level.NOTE


@pytest.mark.fault("F20")
def test_file_whose_pin_is_lost_is_named(calm) -> None:
    store = content_store()
    kept, lost = (store.add_block(text) for text in (b"kept", b"lost"))
    add_spec(cid=str(kept))
    add_spec(digest=rows.digest("other"), cid=str(lost))
    assert content.pins().is_fine

    store.unpin(lost)

    found = content.pins()
    assert found.is_broken
    assert str(lost) in found.text
    assert "1 of 2" in found.text


@pytest.mark.fault("F20")
def test_store_that_is_away_is_said_so(calm, settings) -> None:
    add_spec(cid=str(content_store().add_block(b"kept")))
    settings.IPFS_API_URL = NOWHERE

    assert content.pins().is_broken


@pytest.mark.fault("F20")
def test_damage_that_a_scrub_found_is_named_until_it_is_mended(calm, settings) -> None:
    store = LocalStore(settings.STORE_DIR)
    cid = store.add_block(b"rows of a dataset")
    now = timezone.now()
    assert content.scrubs(now)[0].level is Level.NOTE
    scrub(store, share=1.0, now=now.timestamp())
    assert content.scrubs(now)[0].is_fine
    assert content.scrubs(now + timedelta(days=3))[0].level is Level.NOTE

    file = store.layout.of_root(cid)
    file.chmod(0o600)
    file.write_bytes(b"rows of a dataseT")
    scrub(store, share=1.0, now=now.timestamp())
    damaged = content.scrubs(now)[0]
    store.add_block(b"rows of a dataset")

    assert damaged.is_broken
    assert str(cid) in damaged.text
    assert content.scrubs(now)[0].is_fine


@pytest.mark.fault("F27")
def test_little_room_is_noted_and_none_is_broken(calm, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        total = 100 * content.GIB
        free = 50 * content.GIB

    monkeypatch.setattr(content.shutil, "disk_usage", lambda place: Usage)
    levels = []
    for free in (50, 9, 0.5):
        Usage.free = int(free * content.GIB)
        levels.append(content.disk()[0].level)

    assert levels == [Level.FINE, Level.NOTE, Level.BROKEN]


@pytest.mark.fault("F30")
def test_rows_of_another_version_are_an_operators_affair_until_the_follower_started_anew() -> None:
    rows.add_head()
    assert following.rows().is_fine

    IndexCursor.objects.update(projections_digest="")

    assert following.rows().is_broken
