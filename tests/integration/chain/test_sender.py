"""The sender on a real Anvil and a real PostgreSQL: an intention is mined exactly once, or fails in words."""

import multiprocessing
import os
import signal
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from chain.abi import Call
from chain.accounts import LocalWallet
from chain.bindings import test_dollar
from chain.client import ChainClient
from chain.errors import UnusableKey
from chain.models import OutboxEntry, OutboxTransaction, SenderAccount
from chain.outbox import enqueue, reopen_above
from chain.sender.loop import Sender, no_failpoint, send
from chain.sender.options import SendOptions
from chain.signer import Signer
from common.errors import Conflict, PermanentError, RetryableError
from tests.integration.chain.conftest import EXECUTOR_KEY, HOLDINGS

SELLER = "0x1111111111111111111111111111111111111111"
QUICK = SendOptions(confirmations=2, poll_seconds=0.02, longest_wait_seconds=0.2)
State = OutboxEntry.State


class Killed(BaseException):
    """Stands for kill -9: nothing in the code under test can catch it and go on."""


@pytest.fixture(autouse=True)
def _kinds(settings, transactional_db):
    settings.OUTBOX_KINDS = {"pay": "tests.integration.chain.test_sender.build_pay"}


@pytest.fixture
def executor() -> Signer:
    return Signer("executor", bytes.fromhex(EXECUTOR_KEY[2:]))


def want_payment(key: str, dollars, value: int = 1, sender: str = "executor") -> OutboxEntry:
    payload = {"token": dollars.dollar, "value": value}
    return enqueue(key=key, kind="pay", sender=sender, payload=payload)


def build_pay(entry: OutboxEntry, signer: Signer) -> Call:
    return test_dollar.TRANSFER.call(entry.payload["token"], to=SELLER, value=entry.payload["value"])


def sender_of(
    dollars, executor, *, build=build_pay, failpoint=no_failpoint, options=QUICK, **further
) -> Sender:
    return Sender(
        client=ChainClient(dollars.node.rpc_url, dollars.node.chain_id),
        signer_of=lambda name: executor,
        builder_of=lambda kind: build,
        options=options,
        failpoint=failpoint,
        **further,
    )


def mine(dollars, blocks: int = 1) -> None:
    dollars.node.rpc("anvil_mine", hex(blocks))


def held_back(dollars) -> None:
    """From now on blocks come only when the test mines them."""
    dollars.node.rpc("evm_setAutomine", False)


def state_of(key: str) -> str:
    return OutboxEntry.objects.get(key=key).state


def seller_has(dollars) -> int:
    return dollars.client.read(dollars.dollar, test_dollar.BALANCE_OF, account=SELLER)


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


@pytest.mark.fault("F11")
def test_twenty_senders_at_once_take_twenty_nonces_without_a_gap(dollars, executor):
    held_back(dollars)
    for number in range(20):
        want_payment(f"pay:{number}", dollars)
    together = Barrier(20)
    threads = [Thread(target=sign_one, args=(dollars, executor, together)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(OutboxTransaction.objects.values_list("nonce", flat=True)) == list(range(20))
    assert SenderAccount.objects.get().next_nonce == 20
    sender = sender_of(dollars, executor)
    sender.step()
    mine(dollars, 3)
    sender.step()
    assert set(OutboxEntry.objects.values_list("state", flat=True)) == {State.FINAL}
    assert seller_has(dollars) == 20


def sign_one(dollars, executor, together: Barrier) -> None:
    sender = sender_of(dollars, executor)
    together.wait(timeout=30)
    try:
        # Every entry may be in another thread's hands for a moment.
        while OutboxEntry.objects.filter(state=State.PENDING).exists():
            sender.sign_next()
    finally:
        connection.close()


@pytest.mark.fault("F09")
@pytest.mark.parametrize("point", ["built", "stored", "signed", "broadcast", "tracked"])
def test_sender_that_dies_at_any_point_pays_once(dollars, executor, point):
    want_payment("pay:1", dollars, value=7)
    deaths = 0
    for countdown in range(4):
        try:
            sender_of(dollars, executor, failpoint=dies_at(point, countdown)).step()
        except Killed:
            deaths += 1
        mine(dollars)
    mine(dollars, 2)

    sender_of(dollars, executor).step()

    assert deaths
    assert state_of("pay:1") == State.FINAL
    assert seller_has(dollars) == 7
    assert dollars.client.transaction_count(executor.address) == 1


def dies_at(point: str, countdown: int):
    left = [countdown]

    def failpoint(name: str) -> None:
        if name == point:
            left[0] -= 1
            if left[0] < 0:
                raise Killed

    return failpoint


@pytest.mark.fault("F09")
def test_bytes_broadcast_after_a_crash_are_the_ones_stored_before(dollars, executor):
    held_back(dollars)
    entry = want_payment("pay:1", dollars)
    with pytest.raises(Killed):
        sender_of(dollars, executor, failpoint=dies_at("signed", 0)).step()
    stored = entry.transactions.get()
    assert dollars.node.rpc("eth_getTransactionByHash", stored.tx_hash) is None

    sender_of(dollars, executor).step()

    assert entry.transactions.get() == stored
    assert dollars.node.rpc("eth_getRawTransactionByHash", stored.tx_hash) == "0x" + bytes(stored.raw).hex()


@pytest.mark.fault("F09")
@pytest.mark.parametrize("point", ["stored", "signed", "broadcast", "tracked"])
def test_kill_minus_nine_of_the_sender_pays_once(dollars, executor, point):
    want_payment("pay:1", dollars, value=7)
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=send_and_die, args=(dollars, executor, point))
    child.start()
    child.join(timeout=30)
    assert child.exitcode == -signal.SIGKILL

    for _ in range(2):
        sender_of(dollars, executor).step()
        mine(dollars, 3)
    sender_of(dollars, executor).step()

    assert state_of("pay:1") == State.FINAL
    assert seller_has(dollars) == 7


def send_and_die(dollars, executor, point: str) -> None:
    def kill_at(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    sender_of(dollars, executor, failpoint=kill_at).step()


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


@pytest.mark.fault("F08")
def test_intention_committed_before_a_crash_is_sent_after_it(dollars, executor):
    with transaction.atomic():
        want_payment("pay:1", dollars, value=7)
    # Nothing but the row tells the next sender process what to do.
    sender_of(dollars, executor).step()
    mine(dollars, 3)
    sender_of(dollars, executor).step()

    assert state_of("pay:1") == State.FINAL
    assert seller_has(dollars) == 7


@pytest.mark.fault("F16")
def test_sender_waits_while_the_node_is_away_and_touches_no_entry(dollars, executor):
    want_payment("pay:1", dollars)
    away = Sender(
        client=ChainClient("http://127.0.0.1:9", 31337),
        signer_of=lambda name: executor,
        builder_of=lambda kind: build_pay,
        options=QUICK,
    )

    with pytest.raises(RetryableError):
        away.step()

    entry = OutboxEntry.objects.get()
    assert (entry.state, entry.attempts, entry.not_before) == (State.PENDING, 0, None)


def test_send_stops_between_two_steps_when_asked(dollars, executor):
    stop = Event()
    want_payment("pay:1", dollars)
    life = Thread(target=send_in_a_thread, args=(sender_of(dollars, executor), stop))
    life.start()
    while state_of("pay:1") == State.PENDING:
        stop.wait(0.02)

    stop.set()
    life.join(timeout=10)

    assert not life.is_alive()


def send_in_a_thread(sender: Sender, stop: Event) -> None:
    try:
        send(sender, QUICK, stop)
    finally:
        connection.close()


def test_send_is_a_command(capsys):
    with pytest.raises(SystemExit):
        call_command("send", "--help")
    assert "outbox" in capsys.readouterr().out
