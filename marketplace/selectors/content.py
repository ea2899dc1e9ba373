"""Which bytes the site may give to anybody."""

from marketplace.models import DatasetVersion, Upload
from marketplace.store import content_store
from storage.cid import Cid
from storage.errors import BlockMissing
from storage.protocol import ContentStore


def public_store(cid: Cid) -> ContentStore:
    """The store that holds this public content; raises BlockMissing for what is not held or not public.

    A sealed file is public once the chain names it, so that executors find it, until its key is destroyed.
    What our store does not hold is never fetched from elsewhere: the site is no gateway to other people's
    content.
    """
    store = content_store()
    if _is_withheld(cid) or not store.has(cid):
        raise BlockMissing(str(cid), where="this site")
    return store


def _is_withheld(cid: Cid) -> bool:
    upload = Upload.objects.filter(is_private=True, content_digest=cid.digest_hex, codec=cid.codec).first()
    if upload is None:
        return False
    if upload.erased_at is not None:
        return True
    return not DatasetVersion.objects.filter(content_digest=cid.digest_hex, codec=cid.codec).exists()
