"""What a purchase costs in gas, from the node: what the newest one took, at the price of gas now."""

import time
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from chain.client import PAGE_TIMEOUT_SECONDS, client
from common.errors import QommonsError
from marketplace.models import Purchase

KEPT_SECONDS = 15.0
WEI = 10**18


@dataclass(frozen=True)
class GasCost:
    """Gas used by the newest purchase here, and what as much costs now."""

    gas: int
    price_wei: int

    @property
    def eth_text(self) -> str:
        """In ETH with two significant digits, never in powers of ten."""
        return f"{Decimal(f'{Decimal(self.gas * self.price_wei) / WEI:.2g}'):f}"


_kept: dict[str, tuple[GasCost | None, float]] = {}


def purchase_gas() -> GasCost | None:
    """The cost, at most 15 s old; None where the node is away or nothing was ever bought here."""
    known = _kept.get(settings.CHAIN_RPC_URL)
    if known is None or known[1] <= time.monotonic():
        known = _kept[settings.CHAIN_RPC_URL] = (_asked(), time.monotonic() + KEPT_SECONDS)
    return known[0]


def _asked() -> GasCost | None:
    newest = Purchase.objects.order_by("-pass_id").values_list("bought_tx", flat=True).first()
    if newest is None:
        return None
    node = client(PAGE_TIMEOUT_SECONDS)
    try:
        receipt = node.receipt(newest)
        return None if receipt is None else GasCost(receipt.gas_used, node.gas_price())
    except QommonsError:
        return None
