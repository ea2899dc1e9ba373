"""Which store, places or source the options of a command name."""

import argparse
import os
from pathlib import Path
from urllib.parse import urlsplit

from storage.errors import StoreNotConfigured
from storage.factory import PinningAddress, open_pinned, open_places, open_store
from storage.local.store import LocalStore
from storage.protocol import BlockSource, ContentStore
from storage.sources import HttpBlockSource

NO_STORE = "name the store's folder with --store DIR or STORE_DIR, or a node with --node URL"
NO_FOLDER = "name the store's folder with --store DIR or STORE_DIR"
NO_GATEWAY = "name the gateway of the pinning service with --gateway URL: what it pins is read back there"
UNSIGNED = "give the token of the pinning service by the environment variable PINNING_TOKEN"


def store_of(chosen: argparse.Namespace) -> ContentStore:
    """The folder, the nodes and the pinning service; more than one together as several places."""
    folder = chosen.store or (None if chosen.node else os.environ.get("STORE_DIR"))
    addresses = [*([folder] if folder else []), *chosen.node]
    pinning = _pinning_of(chosen)
    if pinning is not None or len(addresses) > 1:
        return open_places(addresses, pinning=pinning)
    if not addresses:
        raise StoreNotConfigured(NO_STORE)
    return open_store(folder, *chosen.node)


def keeper_of(chosen: argparse.Namespace) -> ContentStore:
    """As `store_of`, for what is somewhere already: a pinning service alone is enough, and no folder is asked
    for then."""
    pinning = _pinning_of(chosen)
    if pinning is not None and not (chosen.store or chosen.node):
        return open_pinned(pinning)
    return store_of(chosen)


def local_store_of(chosen: argparse.Namespace) -> LocalStore:
    """The folder, which must be there: a mistaken name must not pass for a store without damage."""
    folder = chosen.store or os.environ.get("STORE_DIR")
    if not folder:
        raise StoreNotConfigured(NO_FOLDER)
    if not Path(folder).is_dir():
        raise StoreNotConfigured(f"there is no folder {folder}")
    return LocalStore(folder)


def source_of(chosen: argparse.Namespace) -> BlockSource:
    """What --from names, else the store."""
    return source_at(chosen.source) if chosen.source else store_of(chosen)


def source_at(address: str) -> BlockSource:
    """A gateway by its URL, or another store by its folder."""
    return HttpBlockSource(address) if urlsplit(address).scheme in {"http", "https"} else LocalStore(address)


def _pinning_of(chosen: argparse.Namespace) -> PinningAddress | None:
    if not chosen.pinning:
        return None
    token = os.environ.get("PINNING_TOKEN")
    if not token:
        raise StoreNotConfigured(UNSIGNED)
    if not chosen.gateway:
        raise StoreNotConfigured(NO_GATEWAY)
    return PinningAddress(chosen.pinning, chosen.gateway, token, tuple(chosen.origin))
