"""ExecutorRegistry: who may run jobs, and with which keys."""

import ape
from commons import AGE_RECIPIENT, SIGNING_KEY

KEY = b"\x07" * 32
RECIPIENT = b"age1new"
NOBODY = "0x" + "00" * 20


def test_deployment_admits_the_first_executor_and_no_verifier(commons, executor):
    registry = commons.executor_registry

    assert registry.is_executor(executor)
    assert not registry.is_verifier(executor)
    assert registry.signing_key_of(executor).to_0x_hex() == SIGNING_KEY
    assert registry.executor_count() == 1
    assert registry.stake_token() == commons.addresses["TestDollar"]


def test_admit_by_timelock_tells_the_keys(commons, timelock, second_executor):
    receipt = commons.executor_registry.admit(second_executor, True, KEY, RECIPIENT, sender=timelock)

    assert commons.executor_registry.is_executor(second_executor)
    assert commons.executor_registry.is_verifier(second_executor)
    assert commons.executor_registry.executor_count() == 2
    keys = receipt.decode_logs(commons.executor_registry.KeysSet)[0]
    assert (keys.executor, keys.signing_key, keys.age_recipient) == (second_executor, KEY, RECIPIENT)


def test_admit_takes_a_post_quantum_recipient_of_two_thousand_bytes(commons, timelock, second_executor):
    long_recipient = b"age1pq" + b"q" * 1954

    receipt = commons.executor_registry.admit(second_executor, False, KEY, long_recipient, sender=timelock)

    assert receipt.decode_logs(commons.executor_registry.KeysSet)[0].age_recipient == long_recipient


def test_admit_by_an_executor_is_refused(commons, executor, second_executor):
    with ape.reverts("ExecutorRegistry: not the Timelock"):
        commons.executor_registry.admit(second_executor, False, KEY, RECIPIENT, sender=executor)


def test_admit_twice_is_refused(commons, timelock, executor):
    with ape.reverts("ExecutorRegistry: already admitted"):
        commons.executor_registry.admit(executor, False, KEY, RECIPIENT, sender=timelock)


def test_admit_of_nobody_is_refused(commons, timelock):
    with ape.reverts("ExecutorRegistry: executor is nobody"):
        commons.executor_registry.admit(NOBODY, False, KEY, RECIPIENT, sender=timelock)


def test_admit_without_a_signing_key_is_refused(commons, timelock, second_executor):
    with ape.reverts("ExecutorRegistry: empty signing key"):
        commons.executor_registry.admit(second_executor, False, bytes(32), RECIPIENT, sender=timelock)


def test_remove_by_timelock_keeps_the_signing_key_for_old_run_records(commons, timelock, executor):
    receipt = commons.executor_registry.remove(executor, sender=timelock)

    assert not commons.executor_registry.is_executor(executor)
    assert commons.executor_registry.executor_count() == 0
    assert commons.executor_registry.signing_key_of(executor).to_0x_hex() == SIGNING_KEY
    assert receipt.decode_logs(commons.executor_registry.ExecutorRemoved)[0].executor == executor


def test_remove_by_stranger_is_refused(commons, stranger, executor):
    with ape.reverts("ExecutorRegistry: not the Timelock"):
        commons.executor_registry.remove(executor, sender=stranger)


def test_remove_of_somebody_not_admitted_is_refused(commons, timelock, stranger):
    with ape.reverts("ExecutorRegistry: not an executor"):
        commons.executor_registry.remove(stranger, sender=timelock)


def test_set_keys_by_an_executor_replaces_its_own(commons, executor):
    receipt = commons.executor_registry.set_keys(KEY, RECIPIENT, sender=executor)

    assert commons.executor_registry.signing_key_of(executor) == KEY
    assert receipt.decode_logs(commons.executor_registry.KeysSet)[0].age_recipient == RECIPIENT
    assert AGE_RECIPIENT.encode() != RECIPIENT


def test_every_signing_key_stays_readable_with_its_time(commons, stage, chain, executor):
    registry = commons.executor_registry
    stage.wait(10)
    registry.set_keys(KEY, RECIPIENT, sender=executor)

    assert registry.key_count_of(executor) == 2
    first, second = registry.key_at(executor, 1), registry.key_at(executor, 2)
    assert (first.key.to_0x_hex(), bytes(second.key)) == (SIGNING_KEY, KEY)
    assert first.since < second.since == chain.blocks.head.timestamp


def test_key_of_a_number_that_does_not_exist_is_refused(commons, executor, stranger):
    for account, number in ((executor, 0), (executor, 2), (stranger, 1)):
        with ape.reverts("ExecutorRegistry: no such key"):
            commons.executor_registry.key_at(account, number)


def test_set_keys_by_stranger_is_refused(commons, stranger):
    with ape.reverts("ExecutorRegistry: not an executor"):
        commons.executor_registry.set_keys(KEY, RECIPIENT, sender=stranger)
