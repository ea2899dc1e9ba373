# pragma version 0.4.3
"""
@title ParameterBook
@notice What members vote on besides jobs: numbers by key, and allow-lists by kind. A change holds for what
        comes after it; fees of requested jobs are fixed in their escrow.
        Names are short ASCII, left-aligned in bytes32; a payment token's item is its address, padded on the left.
@custom:stopped Nothing to stop: it holds no money, and only the Timelock writes.
"""

MAX_FEE_BPS: constant(uint256) = 1_000
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


timelock: public(immutable(address))
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
            Reverts when the key is empty or a fee is above 1 000 basis points.
    """
    assert msg.sender == timelock, "ParameterBook: not the Timelock"
    self._set_value(key, new_value)


@external
def set_allowed(kind: bytes32, item: bytes32, allowed: bool):
    """
    @notice Puts an item on the list of its kind, or takes it off. Called by the Timelock. Emits AllowanceSet.
    """
    assert msg.sender == timelock, "ParameterBook: not the Timelock"
    self._set_allowed(kind, item, allowed)


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


@internal
def _set_value(key: bytes32, new_value: uint256):
    assert key != empty(bytes32), "ParameterBook: empty key"
    if key == convert(b"market_fee_bps", bytes32) or key == convert(b"job_fee_bps", bytes32):
        assert new_value <= MAX_FEE_BPS, "ParameterBook: fee above 1000 basis points"
    log ValueSet(key=key, old_value=self._values[key], new_value=new_value)
    self._values[key] = new_value


@internal
def _set_allowed(kind: bytes32, item: bytes32, allowed: bool):
    assert kind != empty(bytes32), "ParameterBook: empty kind"
    self._allowed[kind][item] = allowed
    log AllowanceSet(kind=kind, item=item, allowed=allowed)
