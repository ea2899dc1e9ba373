"""Signed transactions seen through: mined, dropped, stuck, replaced, reverted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chain.abi import Call
from chain.accounts import LocalWallet
from chain.models import OutboxEntry
from chain.outbox import reopen_above
from tests.integration.chain.conftest import EXECUTOR_KEY, HOLDINGS
from tests.integration.chain.sending import (
    QUICK,
    SELLER,
    State,
    held_back,
    mine,
    seller_has,
    sender_of,
    state_of,
    want_payment,
)

pytestmark = pytest.mark.usefixtures("payments")


def test_payment_goes_from_pending_to_final(dollars, executor):
    held_back(dollars)
    entry = want_payment("pay:1", dollars, value=7)
    sender = sender_of(dollars, executor)

    sender.step()
    assert state_of("pay:1") == State.SENT
    mine(dollars)
    sender.step()
    assert state_of("pay:1") == State.MINED
    assert seller_has(dollars) == 7
    mine(dollars, 2)
    sender.step()

    assert state_of("pay:1") == State.FINAL
    signed = entry.transactions.get()
    assert (signed.nonce, signed.succeeded, entry.tx_hash) == (0, True, signed.tx_hash)


@pytest.mark.fault("F12")
def test_payment_dropped_by_a_reorg_is_sent_again_byte_by_byte(dollars, executor):
    entry = want_payment("pay:1", dollars, value=7)
    sender = sender_of(dollars, executor)
    sender.step()
    mine(dollars)
    sender.step()
    assert state_of("pay:1") == State.MINED
    signed = entry.transactions.get()

    dollars.node.rpc("anvil_reorg", 2, [])
    assert dollars.client.receipt(signed.tx_hash) is None
    sender.step()
    mine(dollars, 3)
    sender.step()

    assert state_of("pay:1") == State.FINAL
    assert seller_has(dollars) == 7
    assert entry.transactions.get().tx_hash == signed.tx_hash


@pytest.mark.fault("F12")
def test_final_payment_undone_by_a_deep_reorg_is_taken_up_again(dollars, executor):
    want_payment("pay:1", dollars, value=7)
    sender = sender_of(dollars, executor)
    sender.step()
    mine(dollars, 3)
    sender.step()
    assert state_of("pay:1") == State.FINAL
    dollars.node.rpc("anvil_reorg", 4, [])

    assert reopen_above(dollars.client.head_number() - 4) == 1
    sender.step()
    mine(dollars, 3)
    sender.step()

    assert state_of("pay:1") == State.FINAL
    assert seller_has(dollars) == 7


@pytest.mark.fault("F10")
def test_payment_that_the_node_dropped_is_sent_again(dollars, executor):
    held_back(dollars)
    entry = want_payment("pay:1", dollars, value=7)
    now = [timezone.now()]
    sender = sender_of(dollars, executor, now=lambda: now[0])
    sender.step()
    dollars.node.rpc("anvil_dropTransaction", entry.tx_hash)

    sender.step()
    assert dollars.node.rpc("eth_getTransactionByHash", entry.tx_hash) is None
    now[0] += timedelta(seconds=QUICK.rebroadcast_seconds)
    sender.step()
    mine(dollars, 3)
    sender.step()

    assert state_of("pay:1") == State.FINAL
    assert seller_has(dollars) == 7


@pytest.mark.fault("F10")
def test_stuck_payment_is_replaced_with_the_same_nonce_and_paid_once(dollars, executor):
    held_back(dollars)
    entry = want_payment("pay:1", dollars, value=7)
    now = [timezone.now()]
    sender = sender_of(dollars, executor, now=lambda: now[0])
    sender.step()
    now[0] += timedelta(seconds=QUICK.bump_seconds)
    sender.step()
    old, new = entry.transactions.all()

    assert old.nonce == new.nonce
    assert new.max_fee_wei * 10 >= old.max_fee_wei * 11
    mine(dollars, 3)
    sender.step()

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.succeeded, new.succeeded) == (None, True)
    assert entry.tx_hash == new.tx_hash
    assert state_of("pay:1") == State.FINAL
    assert seller_has(dollars) == 7


@pytest.mark.fault("F10")
def test_first_transaction_mined_though_it_was_replaced_counts(dollars, executor):
    held_back(dollars)
    entry = want_payment("pay:1", dollars, value=7)
    now = [timezone.now()]
    sender = sender_of(dollars, executor, now=lambda: now[0])
    sender.step()
    first = entry.transactions.get()
    now[0] += timedelta(seconds=QUICK.bump_seconds)
    sender.step()
    replacement = entry.transactions.last()
    dollars.node.rpc("anvil_dropTransaction", replacement.tx_hash)
    dollars.client.send_raw(bytes(first.raw))
    mine(dollars, 3)

    sender.step()

    assert state_of("pay:1") == State.FINAL
    assert OutboxEntry.objects.get().tx_hash == first.tx_hash
    assert seller_has(dollars) == 7


@pytest.mark.fault("F10")
def test_nonce_that_the_key_used_elsewhere_is_replaced_by_a_new_one(dollars, executor):
    held_back(dollars)
    entry = want_payment("pay:1", dollars, value=7)
    sender = sender_of(dollars, executor)
    sender.sign_next()
    by_hand = LocalWallet(EXECUTOR_KEY)
    by_hand.send(dollars.client, Call(SELLER, b"", 1))
    mine(dollars, 4)

    sender.step()
    sender.step()
    mine(dollars, 3)
    sender.step()

    assert state_of("pay:1") == State.FINAL
    assert seller_has(dollars) == 7
    assert [signed.nonce for signed in entry.transactions.all()] == [0, 1]


def test_payment_that_reverts_when_mined_fails_once_that_is_final(dollars, executor):
    held_back(dollars)
    for key in ("pay:1", "pay:2"):
        want_payment(key, dollars, value=HOLDINGS)
    sender = sender_of(dollars, executor)
    sender.step()
    mine(dollars)
    sender.step()
    second = OutboxEntry.objects.get(key="pay:2")
    assert second.state == State.MINED
    assert "ERC20InsufficientBalance" in second.error or "refused" in second.error

    mine(dollars, 2)
    sender.step()

    assert (state_of("pay:1"), state_of("pay:2")) == (State.FINAL, State.FAILED)
    assert OutboxEntry.objects.get(key="pay:2").error
    assert seller_has(dollars) == HOLDINGS
