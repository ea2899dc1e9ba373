"""The follower on a real Anvil and a real PostgreSQL: reorganisations, kill -9, restarts, two at once."""

import json
import multiprocessing
import os
import signal
import time
from io import StringIO
from threading import Event, Thread

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from chain.accounts import LocalWallet
from chain.bindings import test_dollar
from chain.client import ChainClient
from chain.indexer.ledger import Ledger
from chain.indexer.lock import _FOLLOWER, FollowerLock
from chain.indexer.loop import catch_up, follow
from chain.models import ChainEvent, IndexCursor, Reorg
from chain.selectors import deep_number, indexed_head
from config.stack.anvil import start_anvil
from tests.integration.chain.conftest import (
    BUYER_KEY,
    EXECUTOR_KEY,
    SMALL,
    ToyProjection,
    balances,
    follower_of,
    toy_rows,
)

SELLER = "0x1111111111111111111111111111111111111111"
BUYER = "0x2222222222222222222222222222222222222222"


def assert_rows_are_the_chains(dollars, toy) -> None:
    """Balances equal the contract's own, and a replay of the stored events changes nothing."""
    known = [dollars.holder.address, LocalWallet(EXECUTOR_KEY).address, SELLER, BUYER]
    assert balances() == dollars.balances(*known)
    assert indexed_head().number == dollars.client.head_number()
    kept = toy_rows()
    Ledger(toy.projections(), history_blocks=SMALL.history_blocks).replay()
    assert toy_rows() == kept


@pytest.fixture
def follower(dollars, toy):
    return follower_of(dollars.client, toy, deployment=dollars.deployment)


def test_balances_are_those_of_the_contract(dollars, toy, follower):
    dollars.pay(SELLER, 500)
    dollars.pay(BUYER, 20)

    catch_up(follower)

    assert_rows_are_the_chains(dollars, toy)
    assert balances()[SELLER] == 500


@pytest.mark.fault("F12")
@pytest.mark.parametrize("depth", [1, 2, 3, 6])
def test_reorg_that_drops_payments_takes_them_back(dollars, toy, follower, depth):
    for value in range(1, 8):
        dollars.pay(SELLER, value)
    catch_up(follower)

    dollars.node.rpc("anvil_reorg", depth, [])
    catch_up(follower)

    assert_rows_are_the_chains(dollars, toy)
    assert balances()[SELLER] == sum(range(1, 8 - depth))
    assert Reorg.objects.get().depth == depth


@pytest.mark.fault("F12")
def test_reorg_that_pays_somebody_else_gives_the_rows_of_that(dollars, toy, follower):
    for _ in range(4):
        dollars.pay(SELLER, 10)
    catch_up(follower)
    instead = {
        "from": dollars.holder.address,
        "to": dollars.dollar,
        "data": test_dollar.TRANSFER.call(dollars.dollar, to=BUYER, value=7).data_hex,
        "gas": hex(100_000),
    }

    dollars.node.rpc("anvil_reorg", 3, [[instead, 1]])
    catch_up(follower)

    assert_rows_are_the_chains(dollars, toy)
    assert balances()[BUYER] == 7
    assert balances()[SELLER] == 10


@pytest.mark.fault("F12")
def test_reorg_below_the_kept_history_reads_all_anew(dollars, toy, follower):
    for value in range(1, 16):
        dollars.pay(SELLER, value)
    catch_up(follower)

    dollars.node.rpc("anvil_reorg", 13, [])
    catch_up(follower)

    assert_rows_are_the_chains(dollars, toy)
    assert toy.deep_reorgs


@pytest.mark.fault("F13")
def test_payment_mined_again_in_a_later_block_counts_once(dollars, toy, follower):
    tx_hash = dollars.pay(SELLER, 5)
    raw = dollars.node.rpc("eth_getRawTransactionByHash", tx_hash)
    dollars.node.rpc("anvil_mine", hex(1))
    catch_up(follower)

    dollars.node.rpc("anvil_reorg", 2, [])
    if dollars.client.receipt(tx_hash) is None:
        dollars.client.send_raw(bytes.fromhex(raw[2:]))
    catch_up(follower)

    assert dollars.client.wait_for_receipt(tx_hash).succeeded
    assert ChainEvent.objects.filter(tx_hash=tx_hash).count() == 1
    assert_rows_are_the_chains(dollars, toy)


def test_node_gone_back_to_an_earlier_state_makes_it_rewind(dollars, toy, follower):
    dollars.pay(SELLER, 5)
    earlier = dollars.node.rpc("evm_snapshot")
    for _ in range(5):
        dollars.pay(SELLER, 1)
    catch_up(follower)

    dollars.node.rpc("evm_revert", earlier)
    catch_up(follower)

    assert_rows_are_the_chains(dollars, toy)
    assert balances()[SELLER] == 5


def test_node_restarted_from_its_saved_state_is_still_the_same_chain(toy, tmp_path):
    state = tmp_path / "state.json"
    with start_anvil(state_file=state) as node:
        node.rpc("anvil_mine", hex(5))
        client = ChainClient(node.rpc_url, node.chain_id)
        before = client.blocks(range(6))
    with start_anvil(state_file=state) as node:
        again = ChainClient(node.rpc_url, node.chain_id)

        assert again.blocks(range(6)) == before


@pytest.mark.fault("F16")
def test_follower_waits_while_the_node_is_away_and_stops_when_asked(dollars, toy):
    follower = follower_of(dollars.client, toy, deployment=dollars.deployment)
    catch_up(follower)
    stop = Event()
    life = Thread(target=in_a_thread, args=(follower, stop))
    dollars.node.process.send_signal(signal.SIGSTOP)
    life.start()
    dollars.node.process.send_signal(signal.SIGCONT)
    dollars.pay(SELLER, 9)

    wait_until(lambda: balances().get(SELLER) == 9)
    stop.set()
    life.join(timeout=10)

    assert not life.is_alive()


@pytest.mark.fault("F19")
def test_second_follower_stands_by_until_the_first_one_ends(dollars, toy):
    first = FollowerLock()
    assert first.acquire()
    stop = Event()
    life = Thread(
        target=in_a_thread, args=(follower_of(dollars.client, toy, deployment=dollars.deployment), stop)
    )
    life.start()
    dollars.pay(SELLER, 9)
    time.sleep(4 * SMALL.poll_seconds)
    assert indexed_head() is None

    first.release()
    wait_until(lambda: balances().get(SELLER) == 9)
    stop.set()
    life.join(timeout=10)

    assert_rows_are_the_chains(dollars, toy)


def in_a_thread(follower, stop: Event) -> None:
    try:
        follow(follower, SMALL, stop)
    finally:
        connection.close()


def wait_until(is_so, seconds: float = 15) -> None:
    ends_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends_at, "it did not come about in time"
        time.sleep(0.05)


@pytest.mark.fault("F18")
@pytest.mark.parametrize(
    "point", ["events_written", "projected", "cursor_moved", "committed", "undone", "rewound"]
)
def test_kill_minus_nine_at_any_point_loses_and_doubles_nothing(dollars, toy, point):
    for value in range(1, 6):
        dollars.pay(SELLER, value)
    catch_up(follower_of(dollars.client, toy, deployment=dollars.deployment))
    dollars.node.rpc("anvil_reorg", 2, [])
    dollars.pay(BUYER, 50)

    assert exit_of_a_follower_killed_at(point, dollars) == -signal.SIGKILL
    catch_up(follower_of(dollars.client, toy, deployment=dollars.deployment))

    assert_rows_are_the_chains(dollars, toy)


def exit_of_a_follower_killed_at(point: str, dollars) -> int:
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=follow_and_die, args=(point, dollars))
    child.start()
    child.join(timeout=30)
    return child.exitcode


def follow_and_die(point: str, dollars) -> None:
    def kill_at(name: str) -> None:
        if name == point:
            os.kill(os.getpid(), signal.SIGKILL)

    client = ChainClient(dollars.node.rpc_url, dollars.node.chain_id)
    catch_up(follower_of(client, ToyProjection(), deployment=dollars.deployment, failpoint=kill_at))


@pytest.mark.fault("F07")
def test_lost_database_connection_is_taken_up_again(dollars, toy):
    stop = Event()
    life = Thread(
        target=in_a_thread, args=(follower_of(dollars.client, toy, deployment=dollars.deployment), stop)
    )
    life.start()
    wait_until(lambda: indexed_head() is not None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            " AND backend_type = 'client backend'"
        )
    dollars.pay(SELLER, 3)

    wait_until(lambda: balances().get(SELLER) == 3)
    stop.set()
    life.join(timeout=10)

    assert_rows_are_the_chains(dollars, toy)


@pytest.fixture
def installation(dollars, settings, tmp_path, toy):
    """The settings of an installation that works with this chain and has no projections."""
    file = tmp_path / "deployment.json"
    file.write_text(
        json.dumps(
            {
                "chain_id": dollars.deployment.chain_id,
                "start_block": dollars.deployment.start_block,
                "genesis_hash": dollars.deployment.genesis_hash,
                "contracts": dict(dollars.deployment.contracts),
            }
        )
    )
    settings.DEPLOYMENT_FILE = file
    settings.CHAIN_RPC_URL = dollars.node.rpc_url
    settings.CHAIN_ID = dollars.deployment.chain_id
    settings.PROJECTIONS = []
    return settings


def test_follow_once_catches_up_and_ends(dollars, installation):
    dollars.pay(SELLER, 3)
    dollars.node.rpc("anvil_mine", hex(5))

    call_command("follow", "--once")

    assert ChainEvent.objects.filter(contract="TestDollar", name="Transfer").count() == 3
    assert deep_number() == indexed_head().number - installation.CHAIN_CONFIRMATIONS


def test_follow_on_a_fresh_chain_says_what_to_do(dollars, installation):
    call_command("follow", "--once")
    # A genesis differs from another by its second alone.
    wait_until(lambda: time.time() >= dollars.client.block(0).timestamp + 1)
    with start_anvil() as other:
        installation.CHAIN_RPC_URL = other.rpc_url

        with pytest.raises(CommandError, match="deploy again"):
            call_command("follow", "--once")


def test_follow_without_a_deployment_says_so(installation, tmp_path):
    installation.DEPLOYMENT_FILE = tmp_path / "none.json"

    with pytest.raises(CommandError, match="no contracts are deployed"):
        call_command("follow", "--once")


@pytest.mark.fault("F19")
def test_follow_once_beside_another_follower_is_refused(dollars, installation):
    held = Event()
    done = Event()
    other = Thread(target=hold_the_lock, args=(held, done))
    other.start()
    held.wait(10)

    with pytest.raises(CommandError, match="another process already follows"):
        call_command("follow", "--once")

    done.set()
    other.join(timeout=10)
    call_command("follow", "--once")


def hold_the_lock(held: Event, done: Event) -> None:
    lock = FollowerLock()
    assert lock.acquire()
    held.set()
    done.wait(10)
    connection.close()


def test_rebuild_says_how_many_events_it_replayed(dollars, installation):
    dollars.pay(SELLER, 3)
    call_command("follow", "--once")
    said = StringIO()

    call_command("rebuild_projections", stdout=said)

    assert said.getvalue() == "3 events replayed\n"


@pytest.mark.fault("F30")
def test_rebuild_of_what_is_outdated_is_left_to_a_follower_and_else_replays_once(dollars, installation):
    dollars.pay(SELLER, 2)
    call_command("follow", "--once")
    IndexCursor.objects.update(projections_digest="0x" + "11" * 32)
    said = StringIO()

    with psycopg.connect(**connection.get_connection_params()) as follower:
        follower.execute("SELECT pg_advisory_lock(%s)", [_FOLLOWER])
        call_command("rebuild_projections", "--outdated", stdout=said)
        # A connection that is closed may hold its locks for a moment more.
        follower.execute("SELECT pg_advisory_unlock(%s)", [_FOLLOWER])
    for _ in range(2):
        call_command("rebuild_projections", "--outdated", stdout=said)

    first, then, last = said.getvalue().splitlines()
    assert first.startswith("a follower is running")
    assert (then, last) == (f"{ChainEvent.objects.count()} events replayed", "the rows are of this code")


@pytest.mark.attack("S39")
def test_payments_of_a_look_alike_token_change_nothing(dollars, toy, follower):
    counterfeiter = LocalWallet(BUYER_KEY)
    nonce = dollars.client.transaction_count(counterfeiter.address)
    original = dollars.node.rpc("eth_getTransactionByHash", deployment_transaction(dollars))
    raw = counterfeiter.sign_transaction(
        {
            "type": 2,
            "chainId": dollars.client.chain_id,
            "nonce": nonce,
            "data": original["input"],
            "value": 0,
            "gas": 3_000_000,
            "maxFeePerGas": 10**10,
            "maxPriorityFeePerGas": 10**9,
        }
    )
    receipt = dollars.client.wait_for_receipt(dollars.client.send_raw(raw))
    assert [log.topics[0] for log in receipt.logs] == [test_dollar.TRANSFERRED.topic] * 2

    catch_up(follower)

    assert {event.address for event in ChainEvent.objects.all()} == {dollars.dollar}
    assert_rows_are_the_chains(dollars, toy)


def deployment_transaction(dollars) -> str:
    block = dollars.node.rpc("eth_getBlockByNumber", hex(dollars.deployment.start_block), False)
    return block["transactions"][0]
