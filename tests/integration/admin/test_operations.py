"""The operator's page: what is fine, what is late, what is stuck, and the act beside it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from chain.client import ChainClient
from chain.models import IndexCursor, OutboxEntry, Reorg
from chain.signer import Signer
from config.operations import accounts, content, following, work
from config.operations.overview import overview
from config.stack.findings import Finding, Level
from marketplace.models import VersionMetadata
from marketplace.store import content_store
from qjobs.models import Run, SpecDocument
from qjobs.rules.run_states import RunState
from tests.fakes import job_rows, rows
from tests.integration.admin.conftest import browser_of
from tests.integration.chain.conftest import dollars, executor, node, payments
from tests.integration.chain.sending import QUICK, mine, sender_of, want_payment

__all__ = ["dollars", "executor", "node", "payments"]
pytestmark = pytest.mark.django_db
PLACE = "/admin/operations/"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def calm(settings, tmp_path: Path) -> None:
    """A store of this test alone, and a node that is not there."""
    settings.STORE_DIR = tmp_path / "store"
    settings.CHAIN_RPC_URL = NOWHERE


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


def level_of(findings: list[Finding], part: str) -> Level:
    return next(each.level for each in findings if each.part == part)


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


@pytest.mark.fault("F31")
@pytest.mark.usefixtures("payments", "calm")
def test_account_that_ran_dry_is_broken_until_somebody_fills_it(dollars, executor, settings) -> None:
    settings.CHAIN_RPC_URL = dollars.node.rpc_url
    sender = sender_of(dollars, executor)
    want_payment("pay:1", dollars)
    sender.step()
    mine(dollars, 3)
    assert level_of(accounts.balances(dollars.client), "executor") is Level.FINE
    dollars.node.rpc("anvil_setBalance", executor.address, hex(10**12))

    want_payment("pay:2", dollars)
    sender.step()
    found = overview(timezone.now())
    assert level_of(found.findings, "executor") is Level.BROKEN
    assert [entry.key for entry in found.stuck.waiting_transactions] == ["pay:2"]
    assert "ETH and needs" in found.stuck.waiting_transactions[0].error
    assert "send it ETH" in next(each.text for each in found.broken if each.part == "executor")

    dollars.node.rpc("anvil_setBalance", executor.address, hex(10**18))
    OutboxEntry.objects.update(not_before=None)
    sender.step()
    assert level_of(accounts.balances(dollars.client), "executor") is Level.FINE
    assert overview(timezone.now()).stuck.waiting_transactions == ()


@pytest.mark.usefixtures("payments")
def test_gift_of_an_empty_faucet_is_given_once_an_operator_tries_again(
    dollars, executor, console: Client, calm
) -> None:
    faucet = Signer("faucet", b"\x42" * 32)
    dollars.node.rpc("anvil_setBalance", faucet.address, hex(10**18))
    entry = want_payment("faucet:dollars:1", dollars, value=7, sender="faucet")
    sender = sender_of(dollars, faucet, options=QUICK)
    sender.step()
    entry.refresh_from_db()
    assert entry.state == "FAILED"
    assert "faucet:dollars:1" in console.get(PLACE).content.decode()

    dollars.pay(faucet.address, 100)
    answer = console.post(
        "/admin/chain/outboxentry/",
        {
            "action": "send_again_selected",
            "index": "0",
            "_selected_action": [entry.pk],
            "reason": "filled the faucet",
            "from_operations": "1",
        },
    )
    sender.step()
    mine(dollars, 3)
    sender.step()

    entry.refresh_from_db()
    assert answer.headers["Location"] == PLACE
    assert (entry.state, entry.error) == ("FINAL", "")
    assert LogEntry.objects.get().change_message == "put back in line. Reason: filled the faucet"


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


def test_page_without_a_row_teaches_what_will_stand_there(console: Client, calm) -> None:
    page = console.get(PLACE)

    assert page.status_code == 200
    text = page.content.decode()
    assert "has read no block yet" in text
    assert text.count('class="empty"') == 5


def test_page_with_a_thousand_failed_rows_shows_the_newest_and_asks_little(
    console: Client, calm, django_assert_max_num_queries
) -> None:
    OutboxEntry.objects.bulk_create(
        OutboxEntry(key=f"pay:{n}", kind="withdraw", sender="executor", state="FAILED", error="refused")
        for n in range(1_000)
    )

    with django_assert_max_num_queries(40):
        text = console.get(PLACE).content.decode()

    assert len(re.findall(r'name="_selected_action"', text)) == work.ROWS_SHOWN
    assert "1,000 failed" in text


def test_hostile_reason_of_a_failure_is_only_text(console: Client, calm) -> None:
    OutboxEntry.objects.create(
        key="x", kind="withdraw", sender="executor", state="FAILED", error="<img src=x onerror=alert(1)>"
    )

    assert "<img src=x" not in console.get(PLACE).content.decode()


def test_who_may_only_look_sees_no_button(watcher: Client, calm) -> None:
    OutboxEntry.objects.create(key="x", kind="withdraw", sender="executor", state="FAILED")

    page = watcher.get(PLACE)

    assert page.status_code == 200
    assert "Send again" not in page.content.decode()


def test_page_is_for_staff_alone(calm, django_user_model) -> None:
    wallet = django_user_model.objects.create_user(rows.MEMBER)
    helper = django_user_model.objects.create_user(rows.PROVIDER, is_staff=True)

    assert Client().get(PLACE).headers["Location"] == f"/admin/login/?next={PLACE}"
    assert browser_of(wallet).get(PLACE).status_code == 302
    assert browser_of(helper).get(PLACE).status_code == 403


def test_command_ends_with_one_where_something_is_wrong(calm, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("operations")

    assert ended.value.code == 1
    assert "the follower has read no block yet" in capsys.readouterr().out


def test_command_ends_with_zero_where_all_is_well(
    dollars, settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.STORE_DIR, settings.CHAIN_RPC_URL = tmp_path, dollars.node.rpc_url
    rows.add_head(dollars.client.head_number())

    with pytest.raises(SystemExit) as ended:
        call_command("operations")

    assert ended.value.code == 0, capsys.readouterr().out
