"""The outbox: intentions to send a transaction, written in the transaction of the work that wants them."""

from typing import Any

from django.conf import settings
from django.db import transaction

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


def send_again(entry_id: int) -> None:
    """Puts a failed entry back in line: it is built from the state of that moment, signed and sent anew.

    Raises Conflict where it has not failed, or where only the work that wanted it may try again.
    """
    with transaction.atomic():
        entry = OutboxEntry.objects.select_for_update().get(pk=entry_id)
        if entry.state != OutboxEntry.State.FAILED:
            raise Conflict("Only a transaction that failed can be sent again.")
        if entry.kind in settings.OUTBOX_KINDS_SENT_ONCE:
            raise Conflict("A claim is not sent again: resume its run, which asks the chain anew.")
        entry.state, entry.error = OutboxEntry.State.PENDING, ""
        entry.attempts, entry.not_before = 0, None
        entry.save()


def reopen_above(fork_number: int) -> int:
    """Lets the sender look again at finished entries that were mined above the fork; their number.

    Needed only where a reorganisation undid blocks that counted as final.
    """
    return OutboxEntry.objects.filter(
        state__in=[OutboxEntry.State.FINAL, OutboxEntry.State.FAILED],
        transactions__mined_block_number__gt=fork_number,
    ).update(state=OutboxEntry.State.SENT, error="")
