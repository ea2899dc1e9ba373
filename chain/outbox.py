"""The outbox: intentions to send a transaction, written in the transaction of the work that wants them."""

from typing import Any

from django.conf import settings

from chain.errors import UnknownKind
from chain.models import OutboxEntry
from common.errors import Conflict


def enqueue(*, key: str, kind: str, sender: str, payload: dict[str, Any]) -> OutboxEntry:
    """Writes down that a transaction shall be sent; the same key twice gives the same entry.

    `key` is spelled by meaning ("result:7:0"), `kind` names the builder in settings.OUTBOX_KINDS, `sender`
    the key file ("executor"), `payload` holds JSON values. Call it inside the transaction that changes the
    state. Raises Conflict where the key is taken by another intention.
    """
    if kind not in settings.OUTBOX_KINDS:
        raise UnknownKind(f"no builder for transactions of kind {kind!r}")
    entry, created = OutboxEntry.objects.get_or_create(
        key=key, defaults={"kind": kind, "sender": sender, "payload": payload}
    )
    if not created and (entry.kind, entry.sender, entry.payload) != (kind, sender, payload):
        raise Conflict(f"the outbox already holds another intention under {key!r}")
    return entry


def reopen_above(fork_number: int) -> int:
    """Lets the sender look again at finished entries that were mined above the fork; their number.

    Needed only where a reorganisation undid blocks that counted as final.
    """
    return OutboxEntry.objects.filter(
        state__in=[OutboxEntry.State.FINAL, OutboxEntry.State.FAILED],
        transactions__mined_block_number__gt=fork_number,
    ).update(state=OutboxEntry.State.SENT, error="")
