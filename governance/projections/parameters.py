"""From the events of ParameterBook to the numbers, lists, documents and the guardian in force."""

from collections.abc import Callable

from chain.abi import short_or_hex
from chain.accounts import NO_DIGEST, ZERO_ADDRESS
from chain.events import LogEvent
from governance.models import BookAllowance, BookDocument, BookValue, Guardian
from governance.models.parameters import THE_ONE


def _value_set(event: LogEvent) -> None:
    BookValue.objects.update_or_create(
        key=short_or_hex(event.args["key"]),
        defaults={"value": event.args["new_value"], **_when(event)},
    )


def _allowance_set(event: LogEvent) -> None:
    kind, item = short_or_hex(event.args["kind"]), short_or_hex(event.args["item"])
    BookAllowance.objects.update_or_create(
        allowance_id=f"{kind}-{item}",
        defaults={"kind": kind, "item": item, "is_allowed": event.args["allowed"], **_when(event)},
    )


def _document_set(event: LogEvent) -> None:
    digest = event.args["new_digest"]
    BookDocument.objects.update_or_create(
        kind=short_or_hex(event.args["kind"]),
        defaults={"digest": None if digest == NO_DIGEST else digest, **_when(event)},
    )


def _guardian_set(event: LogEvent) -> None:
    """Naming a guardian arms its pause, and ends one that runs."""
    guardian = event.args["guardian"]
    is_somebody = guardian != ZERO_ADDRESS
    Guardian.objects.update_or_create(
        number=THE_ONE,
        defaults={
            "address": guardian if is_somebody else None,
            "is_armed": is_somebody,
            "paused_until": 0,
            "named_at": event.block_timestamp,
        },
    )


def _paused(event: LogEvent) -> None:
    Guardian.objects.update(is_armed=False, paused_until=event.args["until"])


def _when(event: LogEvent) -> dict[str, int | str]:
    return {"set_at": event.block_timestamp, "set_tx": event.tx_hash}


HANDLERS: dict[tuple[str, str], Callable[[LogEvent], None]] = {
    ("ParameterBook", "ValueSet"): _value_set,
    ("ParameterBook", "AllowanceSet"): _allowance_set,
    ("ParameterBook", "DocumentSet"): _document_set,
    ("ParameterBook", "GuardianSet"): _guardian_set,
    ("ParameterBook", "Paused"): _paused,
}
