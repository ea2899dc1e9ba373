"""The store that the settings name."""

from collections.abc import Sequence
from pathlib import Path

from storage.errors import StoreNotConfigured
from storage.kubo_store import KuboStore
from storage.local.store import LocalStore
from storage.places import Place, SeveralPlaces
from storage.protocol import ContentStore

NODE_STARTS = ("http://", "https://", "/ip4/", "/ip6/", "/dns/", "/dns4/", "/dns6/", "/unix/")


def open_store(store_dir: Path | str | None = None, ipfs_api_url: str | None = None) -> ContentStore:
    """A Kubo node where its API's URL is given, else the local store in the folder."""
    if ipfs_api_url:
        return KuboStore(ipfs_api_url)
    if store_dir:
        return LocalStore(store_dir)
    raise StoreNotConfigured("name a folder for the local store, or the URL of an IPFS node's API")


def open_places(addresses: Sequence[str], *, copies: int | None = None) -> SeveralPlaces:
    """A store over folders and nodes' APIs, in the order of preference; copies None keeps one on each."""
    places = []
    for number, address in enumerate(addresses, start=1):
        if address.startswith(NODE_STARTS):
            places.append(Place(f"place {number} (IPFS node)", KuboStore(address)))
        else:
            places.append(Place(f"place {number} (local store)", LocalStore(address)))
    return SeveralPlaces(places, copies=len(places) if copies is None else copies)
