"""The local store: each file once as plain bytes, its interior nodes beside it; small documents as one block.

    blocks/ab/<cid>                 one raw block
    files/ab/<cid>/content          a file of more than one chunk
    files/ab/<cid>/nodes.car        its interior nodes
    pins/<cid>                      kept until unpinned
    drafts/                         half-written things, removed when their writer is gone
    index.sqlite3                   block -> tree; made from the trees

A thing gets its name by one rename when it is whole and fsynced, so a reader never meets a half, and writers
of the same content may race: they carry the same bytes.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.car import CarReader, write_car
from storage.cid import DAG_PB, RAW, Cid, raw_cid
from storage.errors import BlockMissing, BlockTooLarge, CidMismatch
from storage.importer import ByteStream, import_stream
from storage.limits import DEFAULT_LIMITS, ReadLimits
from storage.local.disk import Drafts, make_folder, sync_folder, writing_to
from storage.local.imported import write_car_tree
from storage.local.index import BlockIndex
from storage.local.sidecar import SidecarWriter
from storage.local.tree import WHERE, StoredTree
from storage.protocol import MAX_DOCUMENT_BYTES, StoredFile
from storage.reading import BlockGetter, Wanted, file_size, read_file, tree_blocks, verified


class LocalStore:
    """A ContentStore in a folder; any number of threads and processes may use the same folder."""

    def __init__(self, folder: Path | str, *, limits: ReadLimits = DEFAULT_LIMITS) -> None:
        self._folder = Path(folder)
        self._limits = limits
        self._drafts = Drafts(self._folder / "drafts")
        self._index = BlockIndex(self._folder / "index.sqlite3")
        self._is_swept = False
        self._has_index = False

    def add_file(self, stream: ByteStream) -> StoredFile:
        with self._draft() as draft:
            nodes = SidecarWriter(draft / "nodes.car")
            with (draft / "content").open("wb") as content:
                imported = import_stream(stream, on_chunk=content.write, on_node=nodes.add)
                content.flush()
                os.fsync(content.fileno())
            nodes.finish(imported.cid)
            self._publish(draft, imported.cid)
        return StoredFile(imported.cid, imported.size)

    def add_block(self, document: bytes) -> Cid:
        if len(document) > MAX_DOCUMENT_BYTES:
            raise BlockTooLarge(limit_bytes=MAX_DOCUMENT_BYTES, cid="the document")
        cid = raw_cid(document)
        with self._draft() as draft:
            _write_durably(draft / "content", document)
            self._publish(draft, cid)
        return cid

    def read_block(self, cid: Cid) -> bytes:
        if cid.codec == RAW and (block := self._read_raw(cid)) is not None:
            return block
        if cid.codec == DAG_PB and self._tree_folder(cid).is_dir():
            return StoredTree(self._tree_folder(cid), cid)(Wanted(cid))
        return self._read_from_trees(cid)

    def open(self, cid: Cid, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        return read_file(cid, self._getter(cid), offset=offset, length=length, limits=self._limits)

    def size(self, cid: Cid) -> int:
        return file_size(cid, self.read_block(cid))

    def has(self, cid: Cid) -> bool:
        if self._block_path(cid).exists() or self._tree_folder(cid).is_dir():
            return True
        if not self._folder.is_dir():
            return False
        self._complete_index()
        return any(self._tree_folder(root).is_dir() for root, _ in self._index.find(cid))

    def pin(self, cid: Cid) -> None:
        if not self.has(cid):
            raise BlockMissing(str(cid), where=WHERE)
        path = self._pin_path(cid)
        with writing_to(self._folder):
            make_folder(path.parent)
            path.touch()
            sync_folder(path.parent)

    def unpin(self, cid: Cid) -> None:
        with writing_to(self._folder):
            self._pin_path(cid).unlink(missing_ok=True)

    def is_pinned(self, cid: Cid) -> bool:
        return self._pin_path(cid).exists()

    def export_car(self, cid: Cid) -> Iterator[bytes]:
        getter = self._getter(cid)
        getter(Wanted(cid))
        return write_car(cid, tree_blocks(cid, getter, limits=self._limits))

    def import_car(self, stream: ByteStream) -> Cid:
        car = CarReader(stream, limits=self._limits)
        with self._draft() as draft:
            write_car_tree(car, draft, limits=self._limits)
            self._publish(draft, car.root)
        return car.root

    def rebuild_index(self) -> None:
        """Fills the index from the trees on disk."""
        with writing_to(self._folder):
            make_folder(self._folder)
            for folder in (self._folder / "files").glob("*/*"):
                root = Cid.parse(folder.name)
                self._index.add(root, StoredTree(folder, root).places())
            self._index.mark_complete()

    def sweep(self) -> int:
        """Removes what killed writers left behind, as the first write does; gives the number of drafts."""
        with writing_to(self._folder):
            return self._drafts.sweep()

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        with writing_to(self._folder):
            make_folder(self._folder)
            if not self._is_swept:
                self._drafts.sweep()
                self._is_swept = True
            with self._drafts.open() as draft:
                yield draft

    def _publish(self, draft: Path, cid: Cid) -> None:
        """Gives the whole and fsynced draft its name, then its pin."""
        if cid.codec == RAW:
            path = self._block_path(cid)
            make_folder(path.parent)
            (draft / "content").replace(path)
            sync_folder(path.parent)
        else:
            self._complete_index()
            self._index.add(cid, StoredTree(draft, cid).places())
            _publish_folder(draft, self._tree_folder(cid))
        self.pin(cid)

    def _getter(self, cid: Cid) -> BlockGetter:
        folder = self._tree_folder(cid)
        if cid.codec == DAG_PB and folder.is_dir():
            return StoredTree(folder, cid)
        return lambda wanted: self.read_block(wanted.cid)

    def _read_raw(self, cid: Cid) -> bytes | None:
        try:
            block = self._block_path(cid).read_bytes()
        except FileNotFoundError:
            return None
        return verified(cid, block, where=WHERE)

    def _read_from_trees(self, cid: Cid) -> bytes:
        """The block from the first tree that has it whole; a damaged copy is passed over for a sound one."""
        if not self.has(cid):
            raise BlockMissing(str(cid), where=WHERE)
        damaged: CidMismatch | None = None
        for root, place in self._index.find(cid):
            wanted = Wanted(cid, place.position or 0, place.size)
            try:
                return StoredTree(self._tree_folder(root), root)(wanted)
            except BlockMissing:
                continue
            except CidMismatch as error:
                damaged = error
        raise damaged or BlockMissing(str(cid), where=WHERE)

    def _complete_index(self) -> None:
        if not self._has_index and not self._index.is_complete():
            self.rebuild_index()
        self._has_index = True

    def _block_path(self, cid: Cid) -> Path:
        return self._folder / "blocks" / cid.digest.hex()[:2] / str(cid.as_v1)

    def _tree_folder(self, cid: Cid) -> Path:
        return self._folder / "files" / cid.digest.hex()[:2] / str(cid.as_v1)

    def _pin_path(self, cid: Cid) -> Path:
        return self._folder / "pins" / str(cid.as_v1)


def _publish_folder(draft: Path, folder: Path) -> None:
    make_folder(folder.parent)
    sync_folder(draft)
    try:
        draft.rename(folder)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        # The same content was there before: putting fresh copies in its place also heals a damaged one.
        for fresh in draft.iterdir():
            fresh.replace(folder / fresh.name)
        sync_folder(folder)
    sync_folder(folder.parent)


def _write_durably(path: Path, document: bytes) -> None:
    with path.open("wb") as file:
        file.write(document)
        file.flush()
        os.fsync(file.fileno())
