"""Calldata and logs: what is encoded is what the ABI says, what is decoded is what was encoded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.abi import address_word, custom_error, event, function, name_of, short_name
from chain.bindings import access_pass, commons_governor, dataset_token, job_board, test_dollar, vote_token
from chain.errors import InvalidArguments, UndecodableData

BOARD = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
HOLDER = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
DIGEST = "0x" + "ab" * 32


def test_selectors_are_the_published_ones():
    assert test_dollar.TRANSFER.selector == "0xa9059cbb"
    assert test_dollar.APPROVE.selector == "0x095ea7b3"
    assert test_dollar.PERMIT.selector == "0xd505accf"
    assert commons_governor.CAST_VOTE.selector == "0x56781388"
    assert vote_token.DELEGATE.selector == "0x5c19a95c"


def test_topic_of_transfer_is_the_published_one():
    assert test_dollar.TRANSFERRED.topic.startswith("0xddf252ad1be2c89b69c2b068fc378daa")


def test_calldata_is_the_published_bytes():
    data = test_dollar.TRANSFER.encode(to=BOARD, value=1)

    assert data.hex() == "a9059cbb" + "00" * 12 + BOARD[2:].lower() + "00" * 31 + "01"


def test_call_takes_the_address_first_where_the_function_has_its_own_to():
    call = test_dollar.TRANSFER.call(BOARD, to=HOLDER, value=5)

    assert call.to == BOARD
    assert test_dollar.TRANSFER.decode_input(call.data) == {"to": HOLDER, "value": 5}


def test_call_refuses_to_guess_whose_to_is_meant():
    with pytest.raises(InvalidArguments, match="address first"):
        test_dollar.TRANSFER.call(to=HOLDER, value=5)


def test_call_takes_the_address_by_name_where_the_function_has_no_to():
    assert job_board.APPROVE.call(to=BOARD, job_id=1, spec_digest=DIGEST).to == BOARD


def test_call_without_an_address_is_refused():
    with pytest.raises(InvalidArguments, match="address of a contract"):
        job_board.APPROVE.call(job_id=1, spec_digest=DIGEST)


def test_a_python_keyword_is_given_with_an_underscore():
    data = test_dollar.TRANSFER_FROM.encode(from_=HOLDER, to=BOARD, value=2)

    assert test_dollar.TRANSFER_FROM.decode_input(data) == {"from": HOLDER, "to": BOARD, "value": 2}


def test_struct_may_be_given_as_dict_or_in_order_and_comes_back_as_dict():
    version = {
        "codec": 0x55,
        "contentDigest": DIGEST,
        "metadataDigest": DIGEST,
        "licenceHash": DIGEST,
        "sizeBytes": 7,
    }

    by_name = dataset_token.PUBLISH_VERSION.encode(tokenId=1, version=version)
    in_order = dataset_token.PUBLISH_VERSION.encode(tokenId=1, version=tuple(version.values()))

    assert by_name == in_order
    assert dataset_token.PUBLISH_VERSION.decode_input(by_name) == {"tokenId": 1, "version": version}


def test_struct_with_an_unknown_field_is_refused_and_named():
    with pytest.raises(InvalidArguments) as refusal:
        dataset_token.PUBLISH_VERSION.encode(tokenId=1, version={"codec": 1, "colour": 2})

    assert refusal.value.field == "version"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("uses", 2**32),
        ("uses", -1),
        ("uses", True),
        ("uses", 1.0),
        ("uses", "1"),
        ("to", "0x12"),
        ("to", BOARD[2:]),
        ("to", None),
    ],
)
def test_value_that_does_not_fit_is_refused_and_named(name, value):
    fitting = {
        "subjectKind": 0,
        "subjectId": 1,
        "to": HOLDER,
        "right": 1,
        "firstVersion": 1,
        "expiresAt": 0,
        "uses": 1,
    }
    access_pass.GRANT.encode(**fitting)

    with pytest.raises(InvalidArguments) as refusal:
        access_pass.GRANT.encode(**{**fitting, name: value})

    assert refusal.value.field == name


def test_missing_and_unknown_arguments_are_named():
    with pytest.raises(InvalidArguments, match=r"missing: spec_digest; unknown: digest"):
        job_board.APPROVE.encode(job_id=1, digest=DIGEST)


def test_calldata_with_bytes_beside_its_arguments_is_not_understood():
    data = job_board.APPROVE.encode(job_id=1, spec_digest=DIGEST)

    with pytest.raises(UndecodableData):
        job_board.APPROVE.decode_input(data + b"\0" * 32)


def test_calldata_cut_short_is_not_understood():
    data = job_board.APPROVE.encode(job_id=1, spec_digest=DIGEST)

    with pytest.raises(UndecodableData):
        job_board.APPROVE.decode_input(data[:-1])


def test_several_outputs_come_as_a_tuple_and_one_comes_alone():
    pair = function("both() returns (address[] payees, uint16[] parts)")
    one = function("one() returns (uint256)")

    assert pair.decode_output(pair_bytes()) == ([HOLDER], [10_000])
    assert one.decode_output((7).to_bytes(32, "big")) == 7
    assert function("none()").decode_output(b"") is None


def pair_bytes() -> bytes:
    same_shape = function("both(address[] payees, uint16[] parts)")
    return same_shape.encode(payees=[HOLDER], parts=[10_000])[4:]


def test_log_is_decoded_with_indexed_and_plain_arguments_in_signature_order():
    topics = [job_board.TASK_CLAIMED.topic, word(3), word(0), address_word(HOLDER)]

    args = job_board.TASK_CLAIMED.decode(topics, bytes.fromhex(word(1)[2:] + word(99)[2:]))

    assert list(args.items()) == [
        ("job_id", 3),
        ("task", 0),
        ("executor", HOLDER),
        ("epoch", 1),
        ("run_by", 99),
    ]


def test_log_with_fewer_topics_than_the_event_has_is_refused():
    with pytest.raises(UndecodableData):
        job_board.TASK_CLAIMED.decode([job_board.TASK_CLAIMED.topic], b"\0" * 160)


def test_indexed_text_comes_as_its_hash():
    spoken = event("Spoken(string indexed text, uint256 number)")

    assert spoken.decode([spoken.topic, DIGEST], bytes(32)) == {"text": DIGEST, "number": 0}


@pytest.mark.parametrize(
    ("kind", "topic", "value"),
    [
        ("uint256", "ff" * 32, 2**256 - 1),
        ("uint8", "00" * 31 + "ff", 255),
        ("int16", "ff" * 32, -1),
        ("bool", "00" * 31 + "01", True),
        ("bytes4", "01020304" + "00" * 28, "0x01020304"),
        ("bytes32", "ab" * 32, DIGEST),
        ("address", "00" * 12 + HOLDER[2:], HOLDER),
    ],
)
def test_indexed_argument_is_read_from_its_word(kind, topic, value):
    told = event(f"Told({kind} indexed it)")

    assert told.decode([told.topic, "0x" + topic], b"") == {"it": value}


@pytest.mark.parametrize("kind", ["uint8", "int16", "bool", "bytes4", "address"])
def test_word_that_does_not_hold_its_kind_is_refused(kind):
    told = event(f"Told({kind} indexed it)")

    with pytest.raises(UndecodableData):
        told.decode([told.topic, "0x" + "7f" * 32], b"")


def test_typed_error_is_decoded():
    error = custom_error("ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)")
    data = error.signature_hash[:4] + bytes.fromhex(address_word(HOLDER)[2:] + word(1)[2:] + word(2)[2:])

    assert error.decode(data) == {"sender": HOLDER, "balance": 1, "needed": 2}


def test_short_names_go_there_and_back():
    assert short_name("qsvm") == "0x7173766d" + "00" * 28
    assert name_of(short_name("statevector")) == "statevector"


@pytest.mark.parametrize("name", ["", "ü", "x" * 33, "a\0b"])
def test_names_that_do_not_fit_are_refused(name):
    with pytest.raises(InvalidArguments):
        short_name(name)


@pytest.mark.parametrize("value", ["0x" + "00" * 32, "0x00" + "61" * 31, "0x" + "ff" * 32, "0x61"])
def test_words_that_hold_no_name_are_refused(value):
    with pytest.raises(UndecodableData):
        name_of(value)


@given(
    job_id=st.integers(0, 2**256 - 1),
    tasks=st.integers(0, 2**256 - 1),
    ids=st.lists(st.integers(0, 2**256 - 1), max_size=8),
    algorithm=st.binary(min_size=32, max_size=32),
)
def test_every_request_decodes_to_itself(job_id, tasks, ids, algorithm):
    request = {
        "dataset_ids": ids,
        "versions": ids,
        "pass_ids": ids,
        "parent_models": [],
        "tasks": tasks,
        "algorithm": "0x" + algorithm.hex(),
        "engine": DIGEST,
        "qubits": 4,
        "payment_token": BOARD,
        "pay_per_task": job_id,
        "approve_by": 1,
        "claim_by": 2,
        "run_seconds": 3,
    }
    args = {"spec_digest": DIGEST, "request": request, "max_escrow": job_id}

    assert job_board.REQUEST.decode_input(job_board.REQUEST.encode(**args)) == args


def word(number: int) -> str:
    return "0x" + number.to_bytes(32, "big").hex()
