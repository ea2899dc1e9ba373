"""What a newcomer gets on a local chain: money for gas, test dollars, votes."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from chain.models import OutboxEntry
from chain.outbox import enqueue
from common.errors import NotFound
from governance.services.demo_members import wake_demo_member
from marketplace.faucet import DOLLAR_UNITS, ETHER_WEI, SENDER, VOTES_PERCENT
from marketplace.rules.amounts import amount_text


@dataclass(frozen=True)
class Gift:
    """One kind of gift. `amount` is in base units; votes are a share of the supply when they are sent."""

    kind: str
    outbox_kind: str
    amount: int | None
    text: str


GIFTS = (
    Gift("eth", "faucet_eth", ETHER_WEI, amount_text(ETHER_WEI, 18, "ETH")),
    Gift("dollars", "faucet_dollars", DOLLAR_UNITS, amount_text(DOLLAR_UNITS, 6, "TUSD")),
    Gift("votes", "faucet_votes", None, f"{VOTES_PERCENT} % of all votes"),
)


@dataclass(frozen=True)
class GiftCard:
    """A gift on its way to a wallet; no entry where it was not asked for."""

    gift: Gift
    entry: OutboxEntry | None

    @property
    def tx_hash(self) -> str | None:
        last = self.entry.transactions.last() if self.entry else None
        return last.tx_hash if last else None


def require_local_chain() -> None:
    """Raises NotFound anywhere but on a local chain: there is no faucet elsewhere."""
    if not settings.IS_LOCAL_CHAIN:
        raise NotFound("there is no faucet on this chain")


@transaction.atomic
def ask_faucet(wallet: str) -> list[GiftCard]:
    """Puts the gifts that this wallet never asked for into the outbox; asking again changes nothing.

    The first newcomer wakes the demo member, whose votes count only once delegated.
    """
    require_local_chain()
    for gift in GIFTS:
        enqueue(key=_key(gift, wallet), kind=gift.outbox_kind, sender=SENDER, payload={"address": wallet})
    wake_demo_member()
    return gifts_of(wallet)


def gifts_of(wallet: str) -> list[GiftCard]:
    """What the wallet asked for and how far it is."""
    require_local_chain()
    entries = {
        entry.key: entry
        for entry in OutboxEntry.objects.filter(key__in=[_key(gift, wallet) for gift in GIFTS])
    }
    return [GiftCard(gift, entries.get(_key(gift, wallet))) for gift in GIFTS]


def _key(gift: Gift, wallet: str) -> str:
    return f"faucet:{gift.kind}:{wallet}"
