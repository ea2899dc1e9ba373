"""Whether what this site promised to keep is still pinned, and whether there is room."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings

from common.errors import QommonsError
from common.templatetags.qommons import duration
from config.stack.findings import Finding, broken, fine, note
from marketplace.models import PinReceipt
from marketplace.pins import promised_lists
from marketplace.store import content_store, local_stores
from storage.cid import Cid
from storage.local.store import LocalStore

LOOKED_AT = 10
GIB = 1024**3
LITTLE_SHARE = 0.1
LEAST_BYTES = GIB
SCRUBBED_WITHIN_SECONDS = 2 * 24 * 3600


def pins() -> Finding:
    """Whether the newest of each kind of file are there; hashing all of them again is the scrub's work."""
    store = content_store()
    looked_at, lost = 0, []
    try:
        for text in _promised():
            cid = Cid.parse(text)
            looked_at += 1
            if not (store.has(cid) and store.is_pinned(cid)):
                lost.append(text)
    except QommonsError as error:
        return broken("pins", f"the content store cannot tell: {error.message}")
    except OSError as error:
        return broken("pins", f"the content store cannot be read: {error.strerror}")
    short = PinReceipt.objects.exclude(problem="").first()
    if short is not None:
        return broken("pins", f"{short.place} does not keep {short.cid}: {short.problem}")
    if lost:
        return broken("pins", f"{len(lost)} of {looked_at} files are not pinned, the first is {lost[0]}")
    return fine("pins", f"the {looked_at} newest files are pinned" if looked_at else "nothing to keep yet")


def scrubs(now: datetime) -> list[Finding]:
    """What hashing the local store again has found; a node scrubs itself."""
    return [_scrub_of(store, now) for store in local_stores()]


def _scrub_of(store: LocalStore, now: datetime) -> Finding:
    damaged = store.book.damaged()
    if damaged:
        return broken("scrub", f"{len(damaged)} files are damaged, the first is {damaged[0]}")
    last = max(store.book.checked_at().values(), default=None)
    if last is None:
        return note("scrub", "nothing was hashed again yet")
    ago = now.timestamp() - last
    said = fine if ago < SCRUBBED_WITHIN_SECONDS else note
    return said("scrub", f"no damage is known; the last look was {duration(max(0, round(ago)))} ago")


def _promised() -> Iterator[str]:
    """CIDs of the newest of each kind."""
    return (cid for each in promised_lists() for cid in dict.fromkeys(islice(each, LOOKED_AT)))


def disk() -> list[Finding]:
    """Free room where bytes and rows of this installation lie, once a file system."""
    places = {
        _existing(place).stat().st_dev: _existing(place) for place in (settings.STORE_DIR, settings.VAR_DIR)
    }
    return [_room(place) for place in places.values()]


def _room(place: Path) -> Finding:
    usage = shutil.disk_usage(place)
    share = usage.free / usage.total
    said = broken if usage.free < LEAST_BYTES else note if share < LITTLE_SHARE else fine
    return said(
        "disk", f"{usage.free / GIB:.1f} GiB of {usage.total / GIB:.1f} GiB are free ({share:.0%}) at {place}"
    )


def _existing(place: Path) -> Path:
    return next(each for each in (place, *place.parents) if each.exists())
