"""How far the relayer is with a signed vote."""

from dataclasses import dataclass
from datetime import datetime

from chain.models import OutboxEntry
from governance.rules.ballots import OUTBOX_KIND, relay_key

OPEN = frozenset({OutboxEntry.State.SIGNED, OutboxEntry.State.SENT})
DONE = frozenset({OutboxEntry.State.MINED, OutboxEntry.State.FINAL})


@dataclass(frozen=True)
class Relay:
    """A signed vote on its way. `trouble` says why it does not move; then the voter may send it itself."""

    state: str
    tx_hash: str | None
    trouble: str | None

    @property
    def is_stuck(self) -> bool:
        return self.trouble is not None


def relay_of(proposal_id: int, voter: str) -> Relay | None:
    """The vote that this voter gave to the relayer; None where it gave none."""
    entry = OutboxEntry.objects.filter(key=relay_key(proposal_id, voter)).first()
    return None if entry is None else view_relay(entry)


def view_relay(entry: OutboxEntry) -> Relay:
    """An outbox entry as its voter needs to know it."""
    if entry.state == OutboxEntry.State.FAILED:
        return Relay("failed", entry.tx_hash, entry.error or "the relayer could not send it")
    if entry.state in DONE:
        return Relay("mined", entry.tx_hash, None)
    state = "sent" if entry.state in OPEN else "waiting"
    return Relay(state, entry.tx_hash, entry.error or None)


def relayed_since(voter: str, moment: datetime) -> int:
    """How many votes the relayer took from this voter since then."""
    return OutboxEntry.objects.filter(kind=OUTBOX_KIND, created_at__gte=moment, payload__voter=voter).count()
