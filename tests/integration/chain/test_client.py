"""The typed client on a real Anvil."""

import socket
import threading
import time

import pytest

from chain.abi import Call, function
from chain.accounts import LocalWallet, split_signature
from chain.bindings import test_dollar
from chain.client import ChainClient
from chain.errors import (
    AlreadyKnown,
    CallReverted,
    InsufficientFunds,
    NodeUnavailable,
    NonceTooLow,
    UndecodableData,
    Underpriced,
    UnknownBlock,
    WrongChain,
)
from chain.typed_data import permit
from tests.integration.chain.conftest import BUYER_KEY, HOLDINGS

STRANGER = "0x" + "77" * 20
GWEI = 10**9


@pytest.fixture
def buyer() -> LocalWallet:
    return LocalWallet(BUYER_KEY)


def transfer_fields(dollars, **changes):
    fields = {
        "type": 2,
        "chainId": dollars.client.chain_id,
        "nonce": dollars.client.transaction_count(dollars.holder.address),
        "to": dollars.dollar,
        "data": test_dollar.TRANSFER.call(dollars.dollar, to=STRANGER, value=1).data_hex,
        "value": 0,
        "gas": 100_000,
        "maxFeePerGas": 10 * GWEI,
        "maxPriorityFeePerGas": GWEI,
    }
    return {**fields, **changes}


def test_read_gives_plain_values(dollars):
    read = dollars.client.read

    assert read(dollars.dollar, test_dollar.NAME) == "Test Dollar"
    assert read(dollars.dollar, test_dollar.DECIMALS) == 6
    assert read(dollars.dollar, test_dollar.BALANCE_OF, account=dollars.holder.address) == HOLDINGS


def test_read_at_an_earlier_block_gives_what_was_then(dollars):
    before = dollars.client.head_number()
    dollars.pay(STRANGER, 5)

    assert dollars.client.read(dollars.dollar, test_dollar.BALANCE_OF, account=STRANGER) == 5
    assert dollars.client.read(dollars.dollar, test_dollar.BALANCE_OF, block=before, account=STRANGER) == 0


def test_read_where_there_is_no_contract_says_so(dollars):
    with pytest.raises(UndecodableData, match="no contract with name"):
        dollars.client.read(STRANGER, test_dollar.NAME)


def test_revert_is_told_in_the_contracts_words(dollars, buyer):
    too_much = test_dollar.TRANSFER.call(dollars.dollar, to=STRANGER, value=1)

    with pytest.raises(CallReverted) as refusal:
        buyer.send(dollars.client, too_much)

    assert refusal.value.custom_error == "ERC20InsufficientBalance"
    assert "balance=0, needed=1" in refusal.value.reason


def test_blocks_are_linked_and_found_by_number_hash_and_tag(dollars):
    dollars.pay(STRANGER, 1)

    first, second = dollars.client.blocks([1, 2])

    assert second.parent_hash == first.hash
    assert dollars.client.block(second.hash) == second
    assert dollars.client.head() == second
    assert len(second.logs_bloom) == 256
    assert any(second.logs_bloom)


@pytest.mark.parametrize("tag", [10_000, "0x" + "ab" * 32])
def test_unknown_block_is_named(dollars, tag):
    with pytest.raises(UnknownBlock):
        dollars.client.block(tag)


def test_many_headers_come_in_several_requests(dollars):
    dollars.node.rpc("anvil_mine", hex(250))

    blocks = dollars.client.blocks(range(1, 251))

    assert [block.number for block in blocks] == list(range(1, 251))


def test_logs_and_receipts_agree(dollars):
    tx_hash = dollars.pay(STRANGER, 5)
    receipt = dollars.client.wait_for_receipt(tx_hash)

    logs = dollars.client.logs(
        addresses=[dollars.dollar],
        topics=[test_dollar.TRANSFERRED.topic],
        first=receipt.block_number,
        last=receipt.block_number,
    )

    assert receipt.succeeded
    assert tuple(logs) == receipt.logs == dollars.client.receipts_of_block(receipt.block_hash)[0].logs
    assert test_dollar.TRANSFERRED.decode(logs[0].topics, logs[0].data) == {
        "from": dollars.holder.address,
        "to": "0x7777777777777777777777777777777777777777",
        "value": 5,
    }


def test_transaction_that_is_not_mined_has_no_receipt(dollars):
    assert dollars.client.receipt("0x" + "ab" * 32) is None
    with pytest.raises(NodeUnavailable, match="not mined within"):
        dollars.client.wait_for_receipt("0x" + "ab" * 32, timeout_seconds=0.2)


def test_ether_is_sent_with_an_empty_call(dollars, buyer):
    before = dollars.client.balance(STRANGER)

    dollars.client.wait_for_receipt(buyer.send(dollars.client, Call(STRANGER, b"", 10**18)))

    assert dollars.client.balance(STRANGER) == before + 10**18


def test_used_nonce_is_refused_by_name(dollars):
    raw = dollars.holder.sign_transaction(transfer_fields(dollars, nonce=0))

    with pytest.raises(NonceTooLow):
        dollars.client.send_raw(raw)


def test_same_bytes_twice_are_known_and_cheap_replacements_refused(dollars):
    dollars.node.rpc("evm_setAutomine", False)
    raw = dollars.holder.sign_transaction(transfer_fields(dollars))
    dollars.client.send_raw(raw)
    other = dollars.holder.sign_transaction(transfer_fields(dollars, gas=90_000))

    with pytest.raises(AlreadyKnown):
        dollars.client.send_raw(raw)
    with pytest.raises(Underpriced):
        dollars.client.send_raw(other)


def test_poor_account_is_told_that_it_cannot_pay(dollars):
    poor = LocalWallet.create()
    raw = poor.sign_transaction(transfer_fields(dollars, nonce=0))

    with pytest.raises(InsufficientFunds):
        dollars.client.send_raw(raw)


@pytest.mark.fault("F16")
def test_node_of_another_chain_is_refused_at_the_first_request(dollars):
    stray = ChainClient(dollars.node.rpc_url, 1)

    with pytest.raises(WrongChain, match="node is of chain 31337, the settings name chain 1"):
        stray.head()


@pytest.mark.fault("F16")
def test_node_that_is_away_is_retryable_and_its_address_stays_secret():
    client = ChainClient("http://user:secret@127.0.0.1:9/key", 31337)

    with pytest.raises(NodeUnavailable) as away:
        client.head()

    assert "secret" not in str(away.value)
    assert "key" not in str(away.value)


@pytest.mark.fault("F16")
def test_node_that_never_answers_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = ChainClient(f"http://127.0.0.1:{silent.getsockname()[1]}", 31337, timeout_seconds=0.3)
        began = time.monotonic()

        with pytest.raises(NodeUnavailable):
            client.head()

        assert time.monotonic() - began < 5


@pytest.mark.fault("F16")
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"",
    ],
    ids=["429", "502", "html", "empty list", "empty object", "hung up"],
)
def test_every_bad_answer_is_retryable(answer):
    with socket.create_server(("127.0.0.1", 0)) as server:
        talker = threading.Thread(target=answer_once, args=(server, answer), daemon=True)
        talker.start()
        client = ChainClient(f"http://127.0.0.1:{server.getsockname()[1]}", 31337, timeout_seconds=2)

        with pytest.raises(NodeUnavailable):
            client.head()
        talker.join(timeout=5)


def answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(answer)


@pytest.mark.attack("S05")
def test_permit_moves_money_here_and_nowhere_else(dollars, buyer):
    terms = {
        "token": dollars.dollar,
        "owner": dollars.holder.address,
        "spender": buyer.address,
        "value": 40,
        "nonce": dollars.client.read(dollars.dollar, test_dollar.NONCES, owner=dollars.holder.address),
        "deadline": 2**40,
        "name": "Test Dollar",
        "chain_id": dollars.client.chain_id,
    }
    abroad = permit(**{**terms, "chain_id": 1})
    other_token = permit(**{**terms, "token": STRANGER})
    for stray in (abroad, other_token):
        with pytest.raises(CallReverted, match="ERC2612InvalidSigner"):
            dollars.client.estimate_gas(
                permit_call(terms, dollars.holder.sign_typed_data(stray)), buyer.address
            )

    signature = dollars.holder.sign_typed_data(permit(**terms))
    dollars.client.wait_for_receipt(buyer.send(dollars.client, permit_call(terms, signature)))

    allowance = dollars.client.read(
        dollars.dollar, test_dollar.ALLOWANCE, owner=terms["owner"], spender=terms["spender"]
    )
    assert allowance == 40
    with pytest.raises(CallReverted):
        dollars.client.estimate_gas(permit_call(terms, signature), buyer.address)


def permit_call(terms, signature: str) -> Call:
    v, r, s = split_signature(signature)
    wanted = {name: terms[name] for name in ("owner", "spender", "value", "deadline")}
    return test_dollar.PERMIT.call(terms["token"], **wanted, v=v, r=r, s=s)


def test_function_that_the_contract_lacks_reverts_without_a_reason(dollars):
    with pytest.raises(CallReverted, match="without a reason"):
        dollars.client.read(dollars.dollar, function("nothing() returns (uint256)"))
