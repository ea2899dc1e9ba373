# pragma version 0.4.3
"""
@title Shares
@notice How amounts are split; every split adds up to the whole.
"""

WHOLE_BPS: constant(uint256) = 10_000
MAX_PAYEES: constant(uint256) = 8


@pure
@internal
def _of_bps(amount: uint256, bps: uint256) -> uint256:
    """
    @dev `bps` ten-thousandths of `amount`, rounded down.
    """
    return amount * bps // WHOLE_BPS


@pure
@internal
def _split(amount: uint256, parts: DynArray[uint16, MAX_PAYEES]) -> DynArray[uint256, MAX_PAYEES]:
    """
    @dev One amount a part, rounded down; the last takes what rounding leaves. `parts` add to 10 000.
    """
    amounts: DynArray[uint256, MAX_PAYEES] = []
    left: uint256 = amount
    last: uint256 = len(parts) - 1
    for i: uint256 in range(len(parts), bound=MAX_PAYEES):
        share: uint256 = left
        if i != last:
            share = self._of_bps(amount, convert(parts[i], uint256))
        left -= share
        amounts.append(share)
    return amounts
