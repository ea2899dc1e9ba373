"""Which bytes the site may give to anybody."""

from marketplace.store import content_store
from storage.cid import Cid
from storage.errors import BlockMissing
from storage.protocol import ContentStore


def public_store(cid: Cid) -> ContentStore:
    """The store that holds this public content; raises BlockMissing for what is not held or not public.

    Until private datasets come, all that our own store holds is public. What it does not hold is never
    fetched from elsewhere: the site is no gateway to other people's content.
    """
    store = content_store()
    if not store.has(cid):
        raise BlockMissing(str(cid), where="this site")
    return store
