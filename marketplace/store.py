"""The content store of this installation, from the settings."""

from functools import lru_cache

from django.conf import settings

from storage.factory import PinningAddress, open_places, open_store
from storage.kubo_store import KuboStore
from storage.local.store import LocalStore
from storage.places import SeveralPlaces
from storage.protocol import ContentStore


def content_store() -> ContentStore:
    """Where this site keeps its bytes: a folder, a Kubo node, or these and further places together."""
    if not (settings.STORE_PLACES or settings.PINNING_URL):
        return open_store(store_dir=settings.STORE_DIR, ipfs_api_url=settings.IPFS_API_URL or None)
    first = settings.IPFS_API_URL or str(settings.STORE_DIR)
    return _several((first, *settings.STORE_PLACES), settings.STORE_COPIES, _pinning())


def local_stores() -> list[LocalStore]:
    """The folders among the places; their upkeep is ours, a node's is its own."""
    return [each for each in _stores() if isinstance(each, LocalStore)]


def nodes() -> list[KuboStore]:
    """The IPFS nodes among the places."""
    return [each for each in _stores() if isinstance(each, KuboStore)]


def spare_places() -> int:
    """How many places may fail an upload, and it is still kept on as many as it should."""
    store = content_store()
    return len(store.stores) - store.copies if isinstance(store, SeveralPlaces) else 0


def _stores() -> tuple[ContentStore, ...]:
    store = content_store()
    return store.stores if isinstance(store, SeveralPlaces) else (store,)


def _pinning() -> PinningAddress | None:
    if not settings.PINNING_URL:
        return None
    origins = tuple(settings.PINNING_ORIGINS)
    return PinningAddress(settings.PINNING_URL, settings.PINNING_GATEWAY, settings.PINNING_TOKEN, origins)


@lru_cache(maxsize=4)
def _several(addresses: tuple[str, ...], copies: int, pinning: PinningAddress | None) -> SeveralPlaces:
    """One object a process, since it remembers which place failed a moment ago."""
    return open_places(addresses, copies=copies or None, pinning=pinning)
