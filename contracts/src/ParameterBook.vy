# pragma version 0.4.3
"""
@title ParameterBook
@notice What members vote on besides jobs: numbers by key, allow-lists by kind, and documents by kind. A change holds
        for what comes after it; fees of requested jobs are fixed in their escrow.
        Names are short ASCII, left-aligned in bytes32; the item of a payment token or of a credential issuer is its
        address, padded on the left. A document's digest is the sha2-256 of one raw block, so its CID.
        A guardian named by members may pause new purchases, approvals and claims: DataMarket and JobBoard ask here.
        Withdrawals, refunds, settlement and votes never ask, and deadlines run on.
@custom:stopped It holds no money, and only the Timelock writes; a pause ends by itself, or by a vote.
"""

MAX_FEE_BPS: constant(uint256) = 1_000
MOST_QUBITS: constant(uint256) = 64
MOST_VERIFIERS: constant(uint256) = 64
LONGEST_RUN: constant(uint256) = 30 * 86_400
LONGEST_PAUSE: constant(uint256) = 7 * 86_400
MAX_VALUES: constant(uint256) = 32
MAX_ITEMS: constant(uint256) = 64


event ValueSet:
    key: indexed(bytes32)
    old_value: uint256
    new_value: uint256


event AllowanceSet:
    kind: indexed(bytes32)
    item: indexed(bytes32)
    allowed: bool


event DocumentSet:
    kind: indexed(bytes32)
    old_digest: bytes32
    new_digest: bytes32


event GuardianSet:
    guardian: indexed(address)


event Paused:
    guardian: indexed(address)
    until: uint256


timelock: public(immutable(address))
# Who may pause; the zero address for nobody.
guardian: public(address)
# Whether the guardian's one pause is unspent.
pause_is_armed: public(bool)
# Unix seconds of the end of the last pause.
paused_until: public(uint256)
# The digest of the document in force, by kind: ethical_guidelines, data_source_rules; empty for none.
document_of: public(HashMap[bytes32, bytes32])
_values: HashMap[bytes32, uint256]
_allowed: HashMap[bytes32, HashMap[bytes32, bool]]


@deploy
def __init__(
    timelock_: address,
    keys: DynArray[bytes32, MAX_VALUES],
    values: DynArray[uint256, MAX_VALUES],
    kinds: DynArray[bytes32, MAX_ITEMS],
    items: DynArray[bytes32, MAX_ITEMS],
):
    """
    @param timelock_ The DAO's Timelock.
    @param keys The first values' names.
    @param values The first values.
    @param kinds The kind of each item that is allowed at first.
    @param items The items allowed at first.
    """
    assert len(keys) == len(values), "ParameterBook: keys and values differ in number"
    assert len(kinds) == len(items), "ParameterBook: kinds and items differ in number"
    timelock = timelock_
    for i: uint256 in range(len(keys), bound=MAX_VALUES):
        self._set_value(keys[i], values[i])
    for i: uint256 in range(len(kinds), bound=MAX_ITEMS):
        self._set_allowed(kinds[i], items[i], True)


@external
def set_value(key: bytes32, new_value: uint256):
    """
    @notice Sets a number for what comes after. Called by the Timelock. Emits ValueSet.
            Reverts when nobody reads the key or the value is out of its bounds: market_fee_bps and job_fee_bps up to
            1 000, max_qubits 1 to 64, max_run_seconds 1 to 30 days, verifier_quorum (attestations that decide a dispute)
            up to 64, max_escrow any (0 for no limit).
    """
    self._require_timelock()
    self._set_value(key, new_value)


@external
def set_allowed(kind: bytes32, item: bytes32, allowed: bool):
    """
    @notice Puts an item on the list of its kind, or takes it off. Called by the Timelock. Emits AllowanceSet.
    """
    self._require_timelock()
    self._set_allowed(kind, item, allowed)


@external
def set_document(kind: bytes32, digest: bytes32):
    """
    @notice Puts a document in force, or none. Called by the Timelock. Emits DocumentSet.
    @param kind Such as ethical_guidelines or data_source_rules.
    @param digest sha2-256 of the document's one raw block; empty for none.
    """
    self._require_timelock()
    assert kind != empty(bytes32), "ParameterBook: empty kind of document"
    log DocumentSet(kind=kind, old_digest=self.document_of[kind], new_digest=digest)
    self.document_of[kind] = digest


@external
def set_guardian(guardian: address):
    """
    @notice Names who may pause once, or nobody. Called by the Timelock; naming the same one again arms it for another
            pause, and a pause that runs ends. Emits GuardianSet.
    """
    self._require_timelock()
    self.guardian = guardian
    self.pause_is_armed = guardian != empty(address)
    self.paused_until = 0
    log GuardianSet(guardian=guardian)


@external
def pause(seconds: uint256):
    """
    @notice Stops new purchases, approvals and claims for some seconds, 7 days at most. Called by the guardian, once
            until members arm it again. Emits Paused.
    """
    assert msg.sender == self.guardian, "ParameterBook: not the guardian"
    assert self.pause_is_armed, "ParameterBook: pause is spent"
    assert seconds >= 1 and seconds <= LONGEST_PAUSE, "ParameterBook: a pause lasts 1 second to 7 days"
    self.pause_is_armed = False
    self.paused_until = block.timestamp + seconds
    log Paused(guardian=msg.sender, until=self.paused_until)


@view
@external
def is_paused() -> bool:
    """
    @notice Whether purchases, approvals and claims are paused now.
    """
    return block.timestamp < self.paused_until


@view
@external
def value_of(key: bytes32) -> uint256:
    """
    @notice The number in force; 0 for one never set.
    """
    return self._values[key]


@view
@external
def is_allowed(kind: bytes32, item: bytes32) -> bool:
    """
    @notice Whether an item is on the list of its kind.
    """
    return self._allowed[kind][item]


@view
@internal
def _require_timelock():
    assert msg.sender == timelock, "ParameterBook: not the Timelock"


@internal
def _set_value(key: bytes32, new_value: uint256):
    if key == convert(b"market_fee_bps", bytes32) or key == convert(b"job_fee_bps", bytes32):
        assert new_value <= MAX_FEE_BPS, "ParameterBook: fee above 1000 basis points"
    elif key == convert(b"max_qubits", bytes32):
        assert new_value >= 1 and new_value <= MOST_QUBITS, "ParameterBook: qubits are 1 to 64"
    elif key == convert(b"max_run_seconds", bytes32):
        assert new_value >= 1 and new_value <= LONGEST_RUN, "ParameterBook: a run lasts 1 second to 30 days"
    elif key == convert(b"verifier_quorum", bytes32):
        assert new_value <= MOST_VERIFIERS, "ParameterBook: a quorum is at most 64 verifiers"
    else:
        assert key == convert(b"max_escrow", bytes32), "ParameterBook: nobody reads the key"
    log ValueSet(key=key, old_value=self._values[key], new_value=new_value)
    self._values[key] = new_value


@internal
def _set_allowed(kind: bytes32, item: bytes32, allowed: bool):
    assert kind != empty(bytes32), "ParameterBook: empty kind"
    self._allowed[kind][item] = allowed
    log AllowanceSet(kind=kind, item=item, allowed=allowed)
