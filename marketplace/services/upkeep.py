"""The local content store kept sound: a share hashed again each day and repaired, the unwanted collected."""

import structlog
from django.conf import settings

from marketplace.store import content_store
from storage.local.garbage import collect_garbage
from storage.local.scrub import scrub
from storage.local.store import LocalStore
from storage.sources import HttpBlockSource

log = structlog.get_logger()
DAY_SECONDS = 24 * 3600


def scrub_store(*, now: float) -> int:
    """Hashes this day's share again; gives how many things stay damaged. A node scrubs itself.

    Bad blocks come anew from the gateway in the settings, checked like all that is read.
    """
    store = content_store()
    if not isinstance(store, LocalStore):
        return 0
    source = HttpBlockSource(settings.SCRUB_SOURCE) if settings.SCRUB_SOURCE else None
    done = scrub(store, share=1 / settings.SCRUB_DAYS, now=now, source=source)
    left = [damage for damage in done.damage if not damage.is_repaired]
    repaired = len(done.damage) - len(left)
    log.info("store_scrubbed", checked=done.checked, size_bytes=done.checked_bytes, repaired=repaired)
    for damage in left:
        log.error("content_damaged", cid=str(damage.root))
    return len(left)


def collect_store(*, now: float) -> int:
    """Removes what nobody has wanted for a day; gives how many things went."""
    store = content_store()
    if not isinstance(store, LocalStore):
        return 0
    collected = collect_garbage(store, grace_seconds=DAY_SECONDS, now=now)
    log.info("store_collected", removed=len(collected.removed), freed_bytes=collected.freed_bytes)
    return len(collected.removed)
