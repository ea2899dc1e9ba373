"""The operator's page: what is fine, what is late, what is stuck, and the act beside it."""

import re
import socket
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from chain.models import OutboxEntry, SenderAccount
from chain.signer import Signer
from config.operations import accounts, work
from config.operations.overview import overview
from config.stack.findings import Level
from tests.fakes import rows
from tests.integration.admin.conftest import browser_of, level_of
from tests.integration.chain.conftest import dollars, executor, node, payments
from tests.integration.chain.sending import QUICK, mine, sender_of, want_payment

__all__ = ["dollars", "executor", "node", "payments"]
pytestmark = pytest.mark.django_db
PLACE = "/admin/operations/"


def add_transaction(entry: OutboxEntry) -> None:
    """Something that this entry's key signed, with an account of its own."""
    address = f"0x{entry.pk:040d}"
    SenderAccount.objects.create(address=address, next_nonce=1)
    entry.transactions.create(
        sender_address=address,
        nonce=0,
        raw=b"",
        tx_hash=rows.digest(entry.key),
        gas_limit=21_000,
        max_fee_wei=1,
        priority_fee_wei=1,
        signed_at=entry.created_at,
    )


@pytest.mark.fault("F16")
def test_node_that_hangs_is_asked_no_more_than_twice(
    console: Client, calm, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.add_head()
    for name in ("executor", "faucet", "relayer"):
        entry = OutboxEntry.objects.create(key=name, kind="withdraw", sender=name)
        add_transaction(entry)
    monkeypatch.setattr("config.operations.overview.NODE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CHAIN_RPC_URL = f"http://127.0.0.1:{silent.getsockname()[1]}"
        text = console.get(PLACE).content.decode()

    assert text.count("the node took too long") == 2
    assert "what they hold is unknown" in text


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


def test_failed_claim_is_shown_without_a_box_to_tick(console: Client, calm) -> None:
    claim, gift = (
        OutboxEntry.objects.create(key=kind, kind=kind, sender="executor", state="FAILED")
        for kind in ("claim", "faucet_eth")
    )

    text = console.get(PLACE).content.decode()

    assert f'name="_selected_action" value="{gift.pk}"' in text
    assert f'name="_selected_action" value="{claim.pk}"' not in text
    assert "Resume its run instead" in text


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
