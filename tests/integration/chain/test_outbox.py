"""Intentions: once a key, signed or refused in words, on a real Anvil and a real PostgreSQL."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from chain.abi import Call
from chain.accounts import LocalWallet
from chain.errors import UnusableKey
from chain.models import OutboxEntry, OutboxTransaction, SenderAccount
from chain.outbox import enqueue
from chain.sender.loop import Sender
from chain.signer import Signer
from common.errors import Conflict, PermanentError, RetryableError
from tests.integration.chain.conftest import EXECUTOR_KEY, HOLDINGS
from tests.integration.chain.sending import (
    QUICK,
    SELLER,
    State,
    build_pay,
    mine,
    sender_of,
    state_of,
    want_payment,
)

pytestmark = pytest.mark.usefixtures("payments")


def test_same_key_twice_is_one_intention(dollars):
    first = want_payment("pay:1", dollars)

    assert want_payment("pay:1", dollars) == first
    assert OutboxEntry.objects.count() == 1


def test_same_key_for_another_intention_is_refused(dollars):
    want_payment("pay:1", dollars, value=1)

    with pytest.raises(Conflict):
        want_payment("pay:1", dollars, value=2)


def test_unknown_kind_is_refused_at_once():
    with pytest.raises(PermanentError, match="no builder"):
        enqueue(key="x", kind="unheard-of", sender="executor", payload={})


def test_intention_of_a_rolled_back_transaction_is_none(dollars):
    with transaction.atomic():
        want_payment("pay:1", dollars)
        transaction.set_rollback(True)

    assert not OutboxEntry.objects.exists()


def test_nonces_used_before_the_first_entry_are_left_out(dollars, executor):
    LocalWallet(EXECUTOR_KEY).send(dollars.client, Call(SELLER, b"", 1))
    mine(dollars)
    entry = want_payment("pay:1", dollars)

    sender_of(dollars, executor).step()

    assert entry.transactions.get().nonce == 1


def test_payment_that_would_revert_fails_in_the_contracts_words_and_takes_no_nonce(dollars, executor):
    want_payment("pay:1", dollars, value=HOLDINGS + 1)

    sender_of(dollars, executor).step()

    entry = OutboxEntry.objects.get()
    assert entry.state == State.FAILED
    assert "ERC20InsufficientBalance" in entry.error
    assert not SenderAccount.objects.exists()


@pytest.mark.fault("F31")
def test_account_without_funds_waits_and_says_what_it_needs(dollars):
    poor = Signer("faucet", b"\x42" * 32)
    want_payment("pay:1", dollars, value=0, sender="faucet")
    now = [timezone.now()]
    sender = sender_of(dollars, poor, now=lambda: now[0])

    sender.step()
    entry = OutboxEntry.objects.get()
    assert entry.state == State.PENDING
    assert f"faucet ({poor.address}) has 0.000000 ETH and needs" in entry.error
    assert not OutboxTransaction.objects.exists()

    dollars.node.rpc("anvil_setBalance", poor.address, hex(10**18))
    now[0] += timedelta(seconds=QUICK.longest_wait_seconds)
    sender.step()
    mine(dollars, 3)
    sender.step()
    assert state_of("pay:1") == State.FINAL


def test_missing_key_makes_the_entry_wait(dollars, executor):
    def no_key(name: str) -> Signer:
        raise UnusableKey("the key executor cannot be read")

    want_payment("pay:1", dollars)
    sender = Sender(client=dollars.client, signer_of=no_key, builder_of=lambda kind: build_pay, options=QUICK)

    sender.step()

    entry = OutboxEntry.objects.get()
    assert (entry.state, entry.error) == (State.PENDING, "the key executor cannot be read")


def test_builder_decides_between_later_and_never(dollars, executor):
    want_payment("pay:later", dollars)
    want_payment("pay:never", dollars)

    def build(entry, signer):
        raise (
            RetryableError("the artefact is not pinned yet")
            if entry.key == "pay:later"
            else PermanentError("the job is gone")
        )

    sender_of(dollars, executor, build=build).step()

    waits, failed = OutboxEntry.objects.order_by("id")
    assert (waits.state, waits.error) == (State.PENDING, "the artefact is not pinned yet")
    assert (failed.state, failed.error) == (State.FAILED, "the job is gone")


def test_waiting_entry_does_not_hold_up_the_others(dollars, executor):
    want_payment("pay:waits", dollars)
    want_payment("pay:goes", dollars)

    def build(entry, signer):
        if entry.key == "pay:waits":
            raise RetryableError("not yet")
        return build_pay(entry, signer)

    sender_of(dollars, executor, build=build).step()

    assert state_of("pay:waits") == State.PENDING
    assert state_of("pay:goes") in {State.SENT, State.MINED}


def test_what_a_failed_builder_wrote_is_taken_back(dollars, executor):
    want_payment("pay:1", dollars)

    def build(entry, signer):
        SenderAccount.objects.create(address=SELLER, next_nonce=1)
        raise PermanentError("no")

    sender_of(dollars, executor, build=build).step()

    assert state_of("pay:1") == State.FAILED
    assert not SenderAccount.objects.exists()
