"""cid, add, cat, export, import, pin."""

import argparse

from storage.cid import Cid
from storage.command.places import keeper_of, source_at, source_of, store_of
from storage.command.streams import DONE, REFUSED, opened, output, say, shown, write_all
from storage.importer import PROFILES, import_stream
from storage.pinned_place import PinnedPlace
from storage.places import Place, Receipt, SeveralPlaces, receipt_of
from storage.protocol import ContentStore
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
    source, cid = source_of(chosen), Cid.parse(chosen.cid)
    pieces = source.open(cid, offset=chosen.offset, length=chosen.length)
    with output(chosen.output, is_binary=False) as file:
        total_bytes = chosen.length or source.size(cid) - chosen.offset
        write_all(shown(pieces, file, total_bytes), file)
    return DONE


def export_car(chosen: argparse.Namespace) -> int:
    pieces = source_of(chosen).export_car(Cid.parse(chosen.cid))
    with output(chosen.output) as file:
        write_all(shown(pieces, file, None), file)
    return DONE


def import_car(chosen: argparse.Namespace) -> int:
    store = store_of(chosen)
    with opened(chosen.file) as file:
        say(str(store.import_car(file)))
    return DONE


def pin(chosen: argparse.Namespace) -> int:
    """Keeps or lets go of a tree; says what a pinning service, or each of several places, has of it."""
    store, cid = keeper_of(chosen), Cid.parse(chosen.cid)
    if chosen.remove:
        store.unpin(cid)
        say(f"unpinned {cid}")
        return DONE
    if chosen.source and not store.has(cid):
        store.import_car(PieceStream(source_at(chosen.source).export_car(cid)))
    store.pin(cid)
    receipts = _receipts(store, cid)
    say(f"pinned {cid}")
    for receipt in receipts:
        say(f"  {receipt.place}: {receipt.problem or f'{receipt.read_back_bytes} bytes read back'}")
    return DONE if all(receipt.is_kept for receipt in receipts) else REFUSED


def _receipts(store: ContentStore, cid: Cid) -> list[Receipt]:
    """What others than one store of ours show to have; our own has answered for itself."""
    if isinstance(store, SeveralPlaces):
        return store.receipts(cid)
    return [receipt_of(Place("the pinning service", store), cid)] if isinstance(store, PinnedPlace) else []
