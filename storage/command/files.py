"""cid, add, cat, export, import, pin."""

import argparse
import os
from urllib.parse import urlsplit

from storage.cid import Cid
from storage.command.streams import DONE, opened, output, say, shown, write_all
from storage.errors import StoreNotConfigured
from storage.factory import open_places, open_store
from storage.importer import PROFILES, import_stream
from storage.local.store import LocalStore
from storage.places import SeveralPlaces
from storage.protocol import BlockSource, ContentStore
from storage.sources import HttpBlockSource
from storage.streams import PieceStream


def show_cid(chosen: argparse.Namespace) -> int:
    with opened(chosen.file) as file:
        say(str(import_stream(file, profile=PROFILES[chosen.profile]).cid))
    return DONE


def add(chosen: argparse.Namespace) -> int:
    store = store_of(chosen)
    with opened(chosen.file) as file:
        say(str(store.add_file(file).cid))
    return DONE


def cat(chosen: argparse.Namespace) -> int:
    store, cid = store_of(chosen), Cid.parse(chosen.cid)
    pieces = store.open(cid, offset=chosen.offset, length=chosen.length)
    with output(chosen.output, is_binary=False) as file:
        total_bytes = chosen.length or store.size(cid) - chosen.offset
        write_all(shown(pieces, file, total_bytes), file)
    return DONE


def export_car(chosen: argparse.Namespace) -> int:
    pieces = store_of(chosen).export_car(Cid.parse(chosen.cid))
    with output(chosen.output) as file:
        write_all(shown(pieces, file, None), file)
    return DONE


def import_car(chosen: argparse.Namespace) -> int:
    store = store_of(chosen)
    with opened(chosen.file) as file:
        say(str(store.import_car(file)))
    return DONE


def pin(chosen: argparse.Namespace) -> int:
    """Keeps or lets go of a tree; says what each place has of it where there are several."""
    store, cid = store_of(chosen), Cid.parse(chosen.cid)
    if chosen.remove:
        store.unpin(cid)
        say(f"unpinned {cid}")
        return DONE
    if chosen.source and not store.has(cid):
        store.import_car(PieceStream(source_at(chosen.source).export_car(cid)))
    store.pin(cid)
    say(f"pinned {cid}")
    if isinstance(store, SeveralPlaces):
        for receipt in store.receipts(cid):
            say(f"  {receipt.place}: {receipt.problem or f'{receipt.read_back_bytes} bytes read back'}")
    return DONE


def store_of(chosen: argparse.Namespace) -> ContentStore:
    """The folder, the nodes, or both together as several places."""
    folder = chosen.store or (None if chosen.node else os.environ.get("STORE_DIR"))
    addresses = [*([folder] if folder else []), *chosen.node]
    if len(addresses) > 1:
        return open_places(addresses)
    return open_store(folder, *chosen.node)


def local_store_of(chosen: argparse.Namespace) -> LocalStore:
    folder = chosen.store or os.environ.get("STORE_DIR")
    if not folder:
        raise StoreNotConfigured("name the folder of a local store")
    return LocalStore(folder)


def source_at(address: str) -> BlockSource:
    """A gateway by its URL, or another store by its folder."""
    return HttpBlockSource(address) if urlsplit(address).scheme in {"http", "https"} else LocalStore(address)
