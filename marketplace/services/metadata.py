"""Reads pinned metadata documents into their cache. Whatever a document holds, this never fails on it."""

from datetime import datetime, timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from common.errors import InvalidInput, PermanentError, RetryableError
from common.strict_json import strict_loads
from marketplace.croissant.reading import DocumentFacts, read_document
from marketplace.models import VersionMetadata
from marketplace.profile import Profile, read_profile
from marketplace.store import content_store
from storage.cid import Cid
from storage.protocol import MAX_DOCUMENT_BYTES, ContentStore

log = structlog.get_logger()
MAX_PROFILE_BYTES = 4 << 20
TRY_AGAIN_AFTER = timedelta(seconds=60)


def read_waiting(limit: int = 20) -> int:
    """Reads documents that were not read yet, or were missing a minute ago; gives how many it tried."""
    now = timezone.now()
    waiting = VersionMetadata.objects.filter(
        Q(state=VersionMetadata.State.UNREAD) & (Q(tried_at=None) | Q(tried_at__lt=now - TRY_AGAIN_AFTER))
        | Q(state=VersionMetadata.State.MISSING, tried_at__lt=now - TRY_AGAIN_AFTER)
    )
    digests = list(waiting.values_list("digest", flat=True)[:limit])
    for digest in digests:
        remember(digest, now=now)
    return len(digests)


def remember(digest: str, *, now: datetime) -> VersionMetadata:
    """The cache row of this document, made from its bytes."""
    row = VersionMetadata(digest=digest, tried_at=now)
    store = content_store()
    cid = Cid.from_digest(digest)
    try:
        if not store.has(cid):
            row.state = VersionMetadata.State.MISSING
        else:
            _fill(row, store, cid)
    except RetryableError as error:
        log.warning("metadata_waits", cid=str(cid), reason=error.code)
        row.state = VersionMetadata.State.UNREAD
    except PermanentError as error:
        row.state, row.problem = VersionMetadata.State.INVALID, error.message[:500]
    row.save()
    return row


def _fill(row: VersionMetadata, store: ContentStore, cid: Cid) -> None:
    document = store.read_block(cid)
    if len(document) > MAX_DOCUMENT_BYTES:
        raise InvalidInput(f"the metadata is larger than {MAX_DOCUMENT_BYTES:,} bytes")
    facts = read_document(document)
    row.title = facts.title
    row.description = facts.description
    row.licence = facts.licence
    row.creator = facts.creator
    row.keywords = list(facts.keywords)
    row.file_name = facts.file_name
    row.content_cid = facts.content_cid
    row.is_sealed = facts.is_sealed
    row.mock_cid = facts.mock_cid
    row.label_column = facts.label_column
    row.columns = [
        {"name": column.name, "type": column.type, "is_label": column.is_label} for column in facts.columns
    ]
    row.profile_cid = facts.profile_cid
    profile = _profile(store, facts)
    row.profile = None if profile is None else profile.model_dump(mode="json")
    row.state = VersionMetadata.State.READ


def _profile(store: ContentStore, facts: DocumentFacts) -> Profile | None:
    """The pinned profile; one that is missing or malformed costs only itself."""
    if not facts.profile_cid:
        return None
    try:
        cid = Cid.parse(facts.profile_cid)
        if not store.has(cid) or store.size(cid) > MAX_PROFILE_BYTES:
            return None
        return read_profile(strict_loads(b"".join(store.open(cid))))
    except (PermanentError, ValueError):
        return None
