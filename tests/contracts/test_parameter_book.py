"""ParameterBook: numbers and allow-lists that the DAO alone changes."""

import ape
import pytest
from deployment.artefacts import container
from deployment.parameters import short_name

KEY = short_name("max_qubits")


def test_set_value_by_timelock_tells_old_and_new_value(commons, timelock):
    receipt = commons.parameter_book.set_value(short_name("max_qubits"), 24, sender=timelock)

    assert commons.parameter_book.value_of(short_name("max_qubits")) == 24
    event = receipt.decode_logs(commons.parameter_book.ValueSet)[0]
    assert (event.key, event.old_value, event.new_value) == (short_name("max_qubits"), 20, 24)


def test_set_value_by_stranger_is_refused(commons, stranger):
    with ape.reverts("ParameterBook: not the Timelock"):
        commons.parameter_book.set_value(short_name("max_qubits"), 24, sender=stranger)


@pytest.mark.parametrize("key", [bytes(32), short_name("max_qubit")])
def test_set_value_of_a_key_that_nobody_reads_is_refused(commons, timelock, key):
    with ape.reverts("ParameterBook: nobody reads the key"):
        commons.parameter_book.set_value(key, 1, sender=timelock)


def test_set_value_of_qubits_stays_within_1_and_64(commons, timelock):
    for qubits in (1, 64):
        commons.parameter_book.set_value(KEY, qubits, sender=timelock)

    for qubits in (0, 65):
        with ape.reverts("ParameterBook: qubits are 1 to 64"):
            commons.parameter_book.set_value(KEY, qubits, sender=timelock)
    assert commons.parameter_book.value_of(KEY) == 64


def test_set_value_of_a_run_stays_within_a_second_and_30_days(commons, timelock):
    key, longest = short_name("max_run_seconds"), 30 * 86_400
    for seconds in (1, longest):
        commons.parameter_book.set_value(key, seconds, sender=timelock)

    for seconds in (0, longest + 1):
        with ape.reverts("ParameterBook: a run lasts 1 second to 30 days"):
            commons.parameter_book.set_value(key, seconds, sender=timelock)
    assert commons.parameter_book.value_of(key) == longest


def test_set_value_of_the_verifiers_quorum_stops_at_64(commons, timelock):
    key = short_name("verifier_quorum")
    for verifiers in (0, 64):
        commons.parameter_book.set_value(key, verifiers, sender=timelock)

    with ape.reverts("ParameterBook: a quorum is at most 64 verifiers"):
        commons.parameter_book.set_value(key, 65, sender=timelock)
    assert commons.parameter_book.value_of(key) == 64


@pytest.mark.parametrize("fee", ["market_fee_bps", "job_fee_bps"])
def test_set_value_of_a_fee_stops_at_ten_per_cent(commons, timelock, fee):
    commons.parameter_book.set_value(short_name(fee), 1000, sender=timelock)

    with ape.reverts("ParameterBook: fee above 1000 basis points"):
        commons.parameter_book.set_value(short_name(fee), 1001, sender=timelock)
    assert commons.parameter_book.value_of(short_name(fee)) == 1000


def test_set_allowed_by_timelock_lists_and_unlists(commons, timelock):
    kind, item = short_name("algorithm"), short_name("vqe")
    receipt = commons.parameter_book.set_allowed(kind, item, True, sender=timelock)

    assert commons.parameter_book.is_allowed(kind, item)
    event = receipt.decode_logs(commons.parameter_book.AllowanceSet)[0]
    assert (event.kind, event.item, event.allowed) == (kind, item, True)
    commons.parameter_book.set_allowed(kind, item, False, sender=timelock)
    assert not commons.parameter_book.is_allowed(kind, item)


def test_set_allowed_by_stranger_is_refused(commons, stranger):
    with ape.reverts("ParameterBook: not the Timelock"):
        commons.parameter_book.set_allowed(short_name("algorithm"), short_name("vqe"), True, sender=stranger)


def test_set_allowed_with_an_empty_kind_is_refused(commons, timelock):
    with ape.reverts("ParameterBook: empty kind"):
        commons.parameter_book.set_allowed(bytes(32), short_name("vqe"), True, sender=timelock)


def test_set_allowed_of_a_credential_issuer_by_its_address(commons, timelock, member):
    issuer = bytes.fromhex(member.address[2:]).rjust(32, b"\0")

    commons.parameter_book.set_allowed(short_name("credential_issuer"), issuer, True, sender=timelock)

    assert commons.parameter_book.is_allowed(short_name("credential_issuer"), issuer)
    assert not commons.parameter_book.is_allowed(short_name("payment_token"), issuer)


def test_set_document_by_timelock_tells_old_and_new_digest(commons, timelock):
    book, kind = commons.parameter_book, short_name("ethical_guidelines")
    book.set_document(kind, b"\x01" * 32, sender=timelock)

    receipt = book.set_document(kind, b"\x02" * 32, sender=timelock)

    assert book.document_of(kind) == b"\x02" * 32
    assert book.document_of(short_name("data_source_rules")) == bytes(32)
    event = receipt.decode_logs(book.DocumentSet)[0]
    assert (event.kind, event.old_digest, event.new_digest) == (kind, b"\x01" * 32, b"\x02" * 32)


def test_set_document_by_stranger_or_of_no_kind_is_refused(commons, timelock, stranger):
    with ape.reverts("ParameterBook: not the Timelock"):
        commons.parameter_book.set_document(short_name("data_source_rules"), KEY, sender=stranger)
    with ape.reverts("ParameterBook: empty kind of document"):
        commons.parameter_book.set_document(bytes(32), KEY, sender=timelock)


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        (([KEY], [], [], []), "ParameterBook: keys and values differ in number"),
        (([], [], [KEY], []), "ParameterBook: kinds and items differ in number"),
        (([], [], [KEY, KEY], [KEY]), "ParameterBook: kinds and items differ in number"),
    ],
)
def test_deployment_with_lists_that_do_not_pair_up_is_refused(commons, deployer, lists, reason):
    with ape.reverts(reason):
        deployer.deploy(container("ParameterBook"), commons.addresses["Timelock"], *lists)


def test_deployment_lists_the_parameters_of_its_file(commons):
    token_item = bytes.fromhex(commons.addresses["TestDollar"][2:]).rjust(32, b"\0")

    assert commons.parameter_book.value_of(short_name("market_fee_bps")) == 250
    assert commons.parameter_book.is_allowed(short_name("payment_token"), token_item)
    assert commons.parameter_book.is_allowed(short_name("engine"), short_name("statevector"))
    assert not commons.parameter_book.is_allowed(short_name("engine"), short_name("qsvm"))
