"""The content store of this installation, from the settings."""

from functools import lru_cache

from django.conf import settings

from storage.factory import PinningAddress, open_places, open_store
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
    store = content_store()
    stores = store.stores if isinstance(store, SeveralPlaces) else (store,)
    return [each for each in stores if isinstance(each, LocalStore)]


def _pinning() -> PinningAddress | None:
    if not settings.PINNING_URL:
        return None
    origins = tuple(settings.PINNING_ORIGINS)
    return PinningAddress(settings.PINNING_URL, settings.PINNING_GATEWAY, settings.PINNING_TOKEN, origins)


@lru_cache(maxsize=4)
def _several(addresses: tuple[str, ...], copies: int, pinning: PinningAddress | None) -> SeveralPlaces:
    """One object a process, since it remembers which place failed a moment ago."""
    return open_places(addresses, copies=copies or None, pinning=pinning)
