# pragma version 0.4.3
"""
@title ExecutorRegistry
@notice Who may run approved jobs: executors admitted by the DAO, with the key that signs their run records, the age
        recipient that data is encrypted to, and their stake. Past signing keys stay readable with the time they were
        set; past recipients stay in the events.
@custom:stopped The DAO removes an executor: no new claim; a claim that it made already stands. Its stake still leaves
        by the rule, and withdrawals cannot be stopped.
"""
from lib import credits
from lib import stakes
from lib import wiring

initializes: credits
initializes: wiring
initializes: stakes[credits := credits, wiring := wiring]
exports: credits.__interface__
exports: wiring.__interface__
exports: stakes.__interface__

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


struct SigningKey:
    key: bytes32
    since: uint256


executor_count: public(uint256)
is_executor: public(HashMap[address, bool])
is_verifier: public(HashMap[address, bool])
# Kept after a removal, so that old run records can be checked.
signing_key_of: public(HashMap[address, bytes32])
# Signing keys that an executor has had, this one among them; their numbers are 1 to this.
key_count_of: public(HashMap[address, uint256])
_keys: HashMap[address, HashMap[uint256, SigningKey]]


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
    stakes.__init__(stake_token_)
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


@view
@external
def key_at(executor: address, number: uint256) -> SigningKey:
    """
    @notice A signing key of an executor, and the unix seconds from which on it was in force: until the next one's.
            Reverts when there is none of this number.
    """
    assert number >= 1 and number <= self.key_count_of[executor], "ExecutorRegistry: no such key"
    return self._keys[executor][number]


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
    number: uint256 = self.key_count_of[executor] + 1
    self.key_count_of[executor] = number
    self._keys[executor][number] = SigningKey(key=signing_key, since=block.timestamp)
    log KeysSet(executor=executor, signing_key=signing_key, age_recipient=age_recipient)
