"""Calldata, node errors and reverts in words."""

import pytest

from chain.abi import Call, custom_error
from chain.abi_types import hex_to_bytes
from chain.bindings import commons_governor, job_board, test_dollar
from chain.decode import describe_call
from chain.deployments import Deployment
from chain.errors import (
    AlreadyKnown,
    CallReverted,
    InsufficientFunds,
    NodeRefused,
    NodeUnavailable,
    NonceTooLow,
    NotDeployed,
    TooManyLogs,
    Underpriced,
    UnknownBlock,
)
from chain.node_errors import meaning_of, meaning_of_status
from chain.prepared import prepare
from chain.reverts import revert_of
from common.errors import RetryableError

BOARD = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
DOLLAR = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
STRANGER = "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"
DEPLOYMENT = Deployment(31337, 1, {"JobBoard": BOARD, "TestDollar": DOLLAR, "DisputeBook": STRANGER})
DIGEST = "0x" + "ab" * 32


def test_call_of_our_contract_is_described():
    described = describe_call(job_board.APPROVE.call(BOARD.lower(), job_id=7, spec_digest=DIGEST), DEPLOYMENT)

    assert described is not None
    assert (described.contract, described.function) == ("JobBoard", "approve")
    assert described.text == f"JobBoard.approve(job_id=7, spec_digest={DIGEST})"


@pytest.mark.attack("S15")
@pytest.mark.parametrize(
    "call",
    [
        Call(BOARD, b""),
        Call(BOARD, b"\x01\x02\x03\x04"),
        Call(BOARD, job_board.APPROVE.encode(job_id=7, spec_digest=DIGEST) + b"\0"),
        Call(BOARD, test_dollar.TRANSFER.encode(to=BOARD, value=1)),
        Call("0x" + "99" * 20, job_board.APPROVE.encode(job_id=7, spec_digest=DIGEST)),
        Call(STRANGER, job_board.APPROVE.encode(job_id=7, spec_digest=DIGEST)),
    ],
    ids=["empty", "unknown function", "bytes beside", "of another contract", "stranger", "no binding"],
)
def test_call_that_is_not_wholly_understood_is_not_described(call):
    assert describe_call(call, DEPLOYMENT) is None


def test_prepared_transaction_carries_calldata_and_words():
    prepared = prepare(
        "TestDollar",
        test_dollar.TRANSFER,
        summary="Send 5 TUSD",
        details={"To": STRANGER},
        deployment=DEPLOYMENT,
        to=STRANGER,
        value=5_000_000,
    )

    assert prepared.as_json() == {
        "chain_id": "31337",
        "to": DOLLAR,
        "data": "0x" + test_dollar.TRANSFER.encode(to=STRANGER, value=5_000_000).hex(),
        "value": "0",
        "summary": "Send 5 TUSD",
        "details": [{"label": "To", "value": STRANGER}],
    }
    assert prepared.call == test_dollar.TRANSFER.call(DOLLAR, to=STRANGER, value=5_000_000)


def test_prepare_for_a_contract_that_is_not_deployed_is_refused():
    with pytest.raises(NotDeployed, match="no CommonsGovernor"):
        prepare(
            "CommonsGovernor",
            commons_governor.CAST_VOTE,
            summary="",
            deployment=DEPLOYMENT,
            proposalId=1,
            support=1,
        )


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("already known", AlreadyKnown),
        ("transaction already imported", AlreadyKnown),
        ("nonce too low: next nonce 3, tx nonce 1", NonceTooLow),
        ("replacement transaction underpriced", Underpriced),
        ("max fee per gas less than block base fee: ...", Underpriced),
        ("insufficient funds for gas * price + value", InsufficientFunds),
        ("Insufficient funds for gas * price + value", InsufficientFunds),
        ("query returned more than 10000 results", TooManyLogs),
        ("header not found", UnknownBlock),
        ("daily rate limit reached", NodeUnavailable),
        ("something new", NodeRefused),
    ],
)
def test_node_texts_have_one_meaning(message, error):
    assert type(meaning_of({"code": -32000, "message": message})) is error


def test_node_text_never_reaches_the_message():
    error = meaning_of({"code": -1, "message": "something at https://node.example/secret-key"})

    assert "secret" not in error.message


@pytest.mark.parametrize(
    ("status", "is_retryable"), [(429, True), (500, True), (503, True), (401, False), (404, False)]
)
def test_http_status_tells_whether_to_try_again(status, is_retryable):
    assert isinstance(meaning_of_status(status), RetryableError) is is_retryable


def test_vyper_reason_is_read():
    data = custom_error("Error(string reason)").signature_hash[:4] + bytes.fromhex(
        "20".rjust(64, "0") + "15".rjust(64, "0") + b"market: price changed".hex().ljust(64, "0")
    )

    error = meaning_of({"code": 3, "message": "execution reverted", "data": "0x" + data.hex()})

    assert isinstance(error, CallReverted)
    assert error.reason == "market: price changed"


def test_typed_error_is_read_with_its_values():
    data = hex_to_bytes(
        "0xe450d38c" + "00" * 12 + STRANGER[2:].lower() + "1".rjust(64, "0") + "2".rjust(64, "0")
    )

    error = revert_of("0x" + data.hex())

    assert error.custom_error == "ERC20InsufficientBalance"
    assert error.reason == f"ERC20InsufficientBalance(sender={STRANGER}, balance=1, needed=2)"


@pytest.mark.parametrize(
    ("data", "message", "reason"),
    [
        (None, "execution reverted", "without a reason"),
        ("0x", "execution reverted", "without a reason"),
        (None, "execution reverted: board: late", "board: late"),
        ("0x4e487b71" + "11".rjust(64, "0"), "", "arithmetic overflow"),
        ("0xdeadbeef", "", "error 0xdeadbeef"),
        ("0x08c379a0", "", "error 0x08c379a0"),
    ],
)
def test_every_revert_has_words(data, message, reason):
    assert revert_of(data, message).reason == reason
