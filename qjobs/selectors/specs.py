"""Specs by digest: from this site's cache, else from the verified bytes themselves."""

from common.errors import QommonsError
from marketplace.store import content_store
from qjobs.errors import SpecUnknown
from qjobs.models import SpecDocument
from qjobs.rules.digests import read_digest
from qjobs.spec import JobSpec, read_spec
from storage.cid import Cid


def find_spec(digest: str) -> SpecDocument:
    """The document that this site pinned; raises SpecUnknown, or InvalidInput for what is no digest."""
    document = SpecDocument.objects.filter(pk=read_digest(digest, field="spec_digest")).first()
    if document is None:
        raise SpecUnknown("No spec with this digest was pinned here. Pin it first.")
    return document


def read_pinned_spec(digest: str) -> JobSpec | None:
    """The spec from its bytes, whose hash is the digest; None where they are not at hand or no spec.

    The row in the database is not asked: what members vote for are the bytes.
    """
    try:
        return read_spec(content_store().read_block(Cid.from_digest(digest)))
    except QommonsError:
        return None
