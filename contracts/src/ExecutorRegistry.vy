# pragma version 0.4.3
"""
@title ExecutorRegistry
@notice Who may run approved jobs: executors admitted by the DAO, with the key that signs their run records and
        the age recipient that data is encrypted to. Past keys stay in the events.
@custom:stopped The DAO removes an executor: no new claim; a claim that it made already stands.
"""
from lib import wiring

initializes: wiring
exports: wiring.__interface__

MAX_RECIPIENT_BYTES: constant(uint256) = 2048


event ExecutorAdmitted:
    executor: indexed(address)
    is_verifier: bool


event ExecutorRemoved:
    executor: indexed(address)


event KeysSet:
    executor: indexed(address)
    signing_key: bytes32
    age_recipient: Bytes[MAX_RECIPIENT_BYTES]


# The ERC-20 of stakes and bonds, fixed at deployment.
stake_token: public(immutable(address))
executor_count: public(uint256)
is_executor: public(HashMap[address, bool])
is_verifier: public(HashMap[address, bool])
# Kept after a removal, so that old run records can be checked.
signing_key_of: public(HashMap[address, bytes32])


@deploy
def __init__(
    timelock: address,
    stake_token_: address,
    first_executor: address,
    signing_key: bytes32,
    age_recipient: Bytes[MAX_RECIPIENT_BYTES],
):
    """
    @param timelock The DAO's Timelock.
    @param stake_token_ The ERC-20 of stakes and bonds.
    @param first_executor Admitted from the start, not as a verifier; the zero address for none.
    @param signing_key The first executor's ed25519 public key.
    @param age_recipient The first executor's age recipient, as age writes it.
    """
    wiring.__init__(timelock)
    stake_token = stake_token_
    if first_executor != empty(address):
        self._admit(first_executor, False)
        self._set_keys(first_executor, signing_key, age_recipient)


@external
def admit(executor: address, is_verifier: bool, signing_key: bytes32, age_recipient: Bytes[MAX_RECIPIENT_BYTES]):
    """
    @notice Admits an executor. Called by the Timelock. Emits ExecutorAdmitted and KeysSet.
            Reverts when it is admitted already or the signing key is empty.
    @param is_verifier Whether it may attest in disputes.
    @param signing_key Its ed25519 public key.
    @param age_recipient Its age recipient, as age writes it.
    """
    assert msg.sender == wiring.timelock, "ExecutorRegistry: not the Timelock"
    self._admit(executor, is_verifier)
    self._set_keys(executor, signing_key, age_recipient)


@external
def remove(executor: address):
    """
    @notice Removes an executor: it claims nothing more. Called by the Timelock. Emits ExecutorRemoved.
    """
    assert msg.sender == wiring.timelock, "ExecutorRegistry: not the Timelock"
    assert self.is_executor[executor], "ExecutorRegistry: not an executor"
    self.is_executor[executor] = False
    self.is_verifier[executor] = False
    self.executor_count -= 1
    log ExecutorRemoved(executor=executor)


@external
def set_keys(signing_key: bytes32, age_recipient: Bytes[MAX_RECIPIENT_BYTES]):
    """
    @notice Replaces the caller's keys. Called by an admitted executor. Emits KeysSet.
    """
    assert self.is_executor[msg.sender], "ExecutorRegistry: not an executor"
    self._set_keys(msg.sender, signing_key, age_recipient)


@internal
def _admit(executor: address, is_verifier: bool):
    assert executor != empty(address), "ExecutorRegistry: executor is nobody"
    assert not self.is_executor[executor], "ExecutorRegistry: already admitted"
    self.is_executor[executor] = True
    self.is_verifier[executor] = is_verifier
    self.executor_count += 1
    log ExecutorAdmitted(executor=executor, is_verifier=is_verifier)


@internal
def _set_keys(executor: address, signing_key: bytes32, age_recipient: Bytes[MAX_RECIPIENT_BYTES]):
    assert signing_key != empty(bytes32), "ExecutorRegistry: empty signing key"
    self.signing_key_of[executor] = signing_key
    log KeysSet(executor=executor, signing_key=signing_key, age_recipient=age_recipient)
