"""Content kept on the configured number of places, and a receipt for each of them."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import IO

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from common.errors import QommonsError
from marketplace.models import PinReceipt
from marketplace.store import content_store
from storage.cid import Cid
from storage.places import Place, Receipt, SeveralPlaces, receipt_of
from storage.protocol import ContentStore, StoredFile

log = structlog.get_logger()
ONLY_PLACE = "place 1"


def keep_file(content: IO[bytes]) -> StoredFile:
    """The file in the content store; where that is several places, each gives its receipt."""
    store = content_store()
    if not isinstance(store, SeveralPlaces):
        return store.add_file(content)
    stored, receipts = store.add_file_with_receipts(content)
    _note(stored.cid, receipts, timezone.now())
    return stored


def check_pins(now: datetime) -> int:
    """Reads a share of what was promised back from every place, the longest unseen first; what a place lost
    it gets from one that has it. Gives how many trees stay on fewer places than they should."""
    store, promised = content_store(), _promised()
    PinReceipt.objects.exclude(cid__in=promised).delete()
    # What a clock that ran ahead has dated is as if unseen.
    dated = PinReceipt.objects.filter(checked_at__lte=now).order_by("-checked_at")
    seen = dict(dated.values_list("cid", "checked_at"))
    waiting = sorted(promised, key=lambda cid: (cid in seen, seen.get(cid, now)))
    short = 0
    for text in waiting[: math.ceil(len(promised) / settings.SCRUB_DAYS)]:
        cid = Cid.parse(text)
        receipts = _receipts(store, cid)
        _note(cid, receipts, now)
        kept = sum(receipt.is_kept for receipt in receipts)
        if kept < (store.copies if isinstance(store, SeveralPlaces) else 1):
            short += 1
            log.error("content_at_too_few_places", cid=text, kept=kept)
    return short


def _receipts(store: ContentStore, cid: Cid) -> list[Receipt]:
    """What every place has, after what is missing was brought there."""
    try:
        store.pin(cid)
    except QommonsError as error:
        log.warning("pin_failed", cid=str(cid), code=error.code)
    if isinstance(store, SeveralPlaces):
        return store.receipts(cid)
    return [receipt_of(Place(ONLY_PLACE, store), cid)]


def promised_lists() -> list[Iterable[str]]:
    """CIDs that this site promised to keep, as each room tells (settings.PROMISED_CONTENT), newest first."""
    return [each for path in settings.PROMISED_CONTENT for each in import_string(path)()]


def _promised() -> list[str]:
    """Each of them once."""
    return list(dict.fromkeys(cid for each in promised_lists() for cid in each))


def _note(cid: Cid, receipts: Iterable[Receipt], now: datetime) -> None:
    for receipt in receipts:
        facts = {
            "read_back_bytes": receipt.read_back_bytes,
            "problem": (receipt.problem or "")[:300],
            "checked_at": now,
        }
        PinReceipt.objects.update_or_create(cid=str(cid), place=receipt.place, defaults=facts)
