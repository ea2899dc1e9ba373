"""Senders that die, race, lose their node: each intention is still mined exactly once."""

import multiprocessing
import os
import signal
from threading import Barrier, Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from chain.client import ChainClient
from chain.errors import NodeUnavailable, WrongChain
from chain.models import OutboxEntry, OutboxTransaction, SenderAccount
from chain.sender.loop import Sender, send
from common.errors import RetryableError
from tests.integration.chain.deaths import Killed, dies_at
from tests.integration.chain.sending import (
    QUICK,
    State,
    build_pay,
    held_back,
    mine,
    seller_has,
    sender_of,
    state_of,
    want_payment,
)

pytestmark = pytest.mark.usefixtures("payments")


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


@pytest.mark.fault("F16")
def test_chain_is_checked_at_the_start_and_after_the_node_was_away(dollars, executor, monkeypatch):
    checks: list[int] = []
    sender = sender_of(dollars, executor, check_chain=lambda: checks.append(1))
    sender.step()
    sender.step()
    assert len(checks) == 1

    def away(self):
        raise NodeUnavailable("the node does not answer")

    with monkeypatch.context() as outage:
        outage.setattr(ChainClient, "head_number", away)
        with pytest.raises(NodeUnavailable):
            sender.step()
    sender.step()

    assert len(checks) == 2


def test_nothing_is_sent_on_another_chain(dollars, executor):
    def refuse() -> None:
        raise WrongChain("another chain was started in its place")

    want_payment("pay:1", dollars)

    with pytest.raises(WrongChain):
        sender_of(dollars, executor, check_chain=refuse).step()

    assert state_of("pay:1") == State.PENDING


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
