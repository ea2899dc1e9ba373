"""The store that the settings name."""

from pathlib import Path

from storage.errors import StoreNotConfigured
from storage.kubo_store import KuboStore
from storage.local.store import LocalStore
from storage.protocol import ContentStore


def open_store(store_dir: Path | str | None = None, ipfs_api_url: str | None = None) -> ContentStore:
    """A Kubo node where its API's URL is given, else the local store in the folder."""
    if ipfs_api_url:
        return KuboStore(ipfs_api_url)
    if store_dir:
        return LocalStore(store_dir)
    raise StoreNotConfigured("name a folder for the local store, or the URL of an IPFS node's API")
