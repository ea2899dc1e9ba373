"""A Kubo node as a ContentStore: what it takes is checked by name, what it gives by hash."""

import io
from collections.abc import Iterator
from typing import Any

from storage.car import CarReader, CarTree, write_car
from storage.cid import Cid, raw_cid
from storage.errors import (
    BlockMissing,
    BlockTooLarge,
    CidMismatch,
    KeptUnderAnotherName,
    NotPinned,
    NotReadBack,
    PinRefused,
    SourceUnavailable,
    StoreFull,
)
from storage.importer import UNIXFS_V1_2025, ByteStream, import_stream
from storage.kubo import WHERE, KuboNode, Options
from storage.limits import DEFAULT_LIMITS, SIDE_BYTES, Patience, ReadLimits
from storage.multiaddr import node_address
from storage.protocol import MAX_DOCUMENT_BYTES, StoredFile
from storage.reading import Wanted, tree_blocks
from storage.remote import Answer, VerifiedSource, whole_answers
from storage.streams import PieceStream, bytes_left, rewindable

NODE_PATIENCE = Patience(connect_seconds=5.0, idle_seconds=120.0, block_seconds=130.0, stream_seconds=3600.0)

# Each parameter with a say in the CID is explicit, so that a node's Import.* settings change nothing.
ADD_OPTIONS = {
    "cid-version": "1",
    "cid-base": "base32",
    "hash": "sha2-256",
    "raw-leaves": "true",
    "chunker": f"size-{UNIXFS_V1_2025.chunk_bytes}",
    "max-file-links": str(UNIXFS_V1_2025.links_per_node),
    "trickle": "false",
    "inline": "false",
    "nocopy": "false",
    "fscache": "false",
    "only-hash": "false",
    "wrap-with-directory": "false",
    "preserve-mode": "false",
    "preserve-mtime": "false",
    "progress": "false",
    "pin": "true",
}
IMPORT_OPTIONS = {"pin-roots": "true", "stats": "false", "allow-big-block": "false"}


class KuboStore(VerifiedSource):
    """Keeps content on a node, reached by its RPC API. A CID is computed here before the node is asked."""

    where = WHERE

    def __init__(
        self, api_url: str, *, limits: ReadLimits = DEFAULT_LIMITS, patience: Patience = NODE_PATIENCE
    ) -> None:
        super().__init__(limits=limits)
        self._node = KuboNode(node_address(api_url), patience)

    def add_file(self, stream: ByteStream) -> StoredFile:
        with rewindable(stream) as source:
            start = source.tell()
            wanted = import_stream(source)
            source.seek(start)
            self._keep("/add", wanted.cid, source, ADD_OPTIONS, size_bytes=wanted.size)
        return StoredFile(wanted.cid, wanted.size)

    def add_block(self, document: bytes) -> Cid:
        if len(document) > MAX_DOCUMENT_BYTES:
            raise BlockTooLarge(limit_bytes=MAX_DOCUMENT_BYTES, cid="the document")
        cid = raw_cid(document)
        # Not block/put: the node's garbage collection may run before the pin that would have to follow it.
        self._keep("/add", cid, io.BytesIO(document), ADD_OPTIONS, size_bytes=len(document))
        return cid

    def has(self, cid: Cid) -> bool:
        try:
            self._node.ask("/block/stat", cid, {"offline": "true"})
        except BlockMissing:
            return False
        return True

    def pin(self, cid: Cid) -> None:
        self._node.ask("/pin/add", cid, {"recursive": "true", "progress": "false"})

    def unpin(self, cid: Cid) -> None:
        try:
            self._node.ask("/pin/rm", cid, {"recursive": "true"})
        except NotPinned:
            return

    def is_pinned(self, cid: Cid) -> bool:
        try:
            self._node.ask("/pin/ls", cid, {"type": "recursive"})
        except NotPinned:
            return False
        return True

    def import_car(self, stream: ByteStream) -> Cid:
        size_bytes = bytes_left(stream)
        car = CarReader(stream, limits=self._limits)
        blocks = PieceStream(_checked_car(car, self._limits))
        self._keep("/dag/import", car.root, blocks, IMPORT_OPTIONS, size_bytes=size_bytes)
        return car.root

    def check_room(self, size_bytes: int) -> None:
        """Raises StoreFull where the node's own limit leaves less room than that."""
        needed, free = size_bytes + SIDE_BYTES, self._node.free_bytes()
        if free < needed:
            raise StoreFull(
                f"this needs {needed:,} free bytes on the IPFS node; there are {free:,}"
                " (`ipfs repo gc` there removes what nobody pinned)"
            )

    def _keep(self, path: str, cid: Cid, stream: ByteStream, options: Options, *, size_bytes: int) -> None:
        """Sends content; returns when the node has named the right CID, pinned it and shown every block."""
        self._node.check_version()
        if not self.is_pinned(cid):
            self.check_room(size_bytes)
        for item in self._node.send(path, stream, options):
            _check_answer(item, cid)
        if not self.is_pinned(cid):
            raise PinRefused(f"the IPFS node took {cid}, but did not pin it")
        try:
            self._read_back(cid)
        except (CidMismatch, BlockTooLarge) as error:
            raise NotReadBack(f"the IPFS node does not read {cid} back as it was") from error

    def _read_back(self, cid: Cid) -> None:
        read_back = self._node.open("/dag/export", cid, {"progress": "false", "offline": "true"})
        with read_back as answer, whole_answers(self.where):
            for _ in tree_blocks(cid, self._tree_in(answer, cid), limits=self._limits):
                continue

    def _ask_block(self, cid: Cid) -> Answer:
        return self._node.open("/block/get", cid, {})

    def _ask_car(self, cid: Cid) -> Answer:
        return self._node.open("/dag/export", cid, {"progress": "false"})


def _check_answer(item: dict[str, Any], wanted: Cid) -> None:
    """What `add` and `dag/import` say of the content that they took."""
    root = item.get("Root") or {}
    if root.get("PinErrorMsg"):
        raise PinRefused(f"the IPFS node could not pin {wanted}")
    named = item.get("Hash") or (root.get("Cid") or {}).get("/")
    if not isinstance(named, str):
        raise SourceUnavailable("the IPFS node does not say what it took")
    if Cid.parse(named) != wanted:
        raise KeptUnderAnotherName(wanted=str(wanted), found=named, where=WHERE)


def _checked_car(car: CarReader, limits: ReadLimits) -> Iterator[bytes]:
    """The CAR again, written by us from blocks that were checked; a wrong one breaks off the upload."""
    tree = CarTree(car, repeat=_never_repeats)
    tree(Wanted(car.root))
    yield from write_car(car.root, tree_blocks(car.root, tree, limits=limits))
    tree.finish()


def _never_repeats(cid: Cid) -> bytes:
    raise BlockMissing(str(cid), where="the CAR")
