"""The local content stores kept sound: a share hashed again each day and repaired, the unwanted collected."""

import structlog
from django.conf import settings

from marketplace.store import content_store, local_stores
from storage.local.garbage import collect_garbage
from storage.local.scrub import scrub
from storage.places import SeveralPlaces
from storage.protocol import BlockSource
from storage.sources import HttpBlockSource

log = structlog.get_logger()
DAY_SECONDS = 24 * 3600


def scrub_store(*, now: float) -> int:
    """Hashes this day's share again; gives how many things stay damaged. A node scrubs itself.

    Bad blocks come anew from the other places, or from the gateway in the settings, checked like all that is
    read.
    """
    left = 0
    for store in local_stores():
        done = scrub(store, share=1 / settings.SCRUB_DAYS, now=now, source=_repair_source())
        damaged = [damage for damage in done.damage if not damage.is_repaired]
        repaired = len(done.damage) - len(damaged)
        log.info("store_scrubbed", checked=done.checked, size_bytes=done.checked_bytes, repaired=repaired)
        for damage in damaged:
            log.error("content_damaged", cid=str(damage.root))
        left += len(damaged)
    return left


def collect_store(*, now: float) -> int:
    """Removes what nobody has wanted for a day; gives how many things went."""
    removed = 0
    for store in local_stores():
        collected = collect_garbage(store, grace_seconds=DAY_SECONDS, now=now)
        log.info("store_collected", removed=len(collected.removed), freed_bytes=collected.freed_bytes)
        removed += len(collected.removed)
    return removed


def _repair_source() -> BlockSource | None:
    if settings.SCRUB_SOURCE:
        return HttpBlockSource(settings.SCRUB_SOURCE)
    store = content_store()
    return store if isinstance(store, SeveralPlaces) else None
