"""What to offer for gas (EIP-1559), as pure arithmetic in wei."""

from dataclasses import dataclass

MIN_PRIORITY_FEE_WEI = 1_000_000
REPLACEMENT_PERCENT = 115  # nodes ask for at least 110 % of both fees to replace a transaction


@dataclass(frozen=True)
class FeeOffer:
    """The most that we pay a unit of gas, and the part of it for the block's maker."""

    max_fee: int
    priority_fee: int


def fee_offer(base_fee: int, suggested_priority: int) -> FeeOffer:
    """An offer that stays good while the base fee doubles (about six full blocks)."""
    priority = max(suggested_priority, MIN_PRIORITY_FEE_WEI)
    return FeeOffer(max_fee=2 * base_fee + priority, priority_fee=priority)


def replacement_offer(old: FeeOffer, market: FeeOffer) -> FeeOffer:
    """An offer that every node takes as a replacement of `old`, and not below today's market."""
    return FeeOffer(
        max_fee=max(_raised(old.max_fee), market.max_fee),
        priority_fee=max(_raised(old.priority_fee), market.priority_fee),
    )


def with_headroom(gas_estimate: int) -> int:
    """The gas limit for an estimate: one fifth more, since state may move before the transaction is mined."""
    return gas_estimate + gas_estimate // 5


def _raised(wei: int) -> int:
    return wei * REPLACEMENT_PERCENT // 100 + 1
