"""The local store: each file once as plain bytes, its interior nodes beside it; small documents as one block.

A thing gets its name by one rename when it is whole and fsynced, so a reader never meets a half, and writers
of the same content may race: they carry the same bytes.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.car import CarReader, write_car
from storage.cid import DAG_PB, RAW, Cid, raw_cid
from storage.errors import BlockMissing, BlockTooLarge, CidMismatch, MalformedBlock, MalformedCar
from storage.importer import ByteStream, import_stream
from storage.limits import DEFAULT_LIMITS, ReadLimits
from storage.local.book import UpkeepBook
from storage.local.disk import Drafts, EarlyWriter, check_room, locked, make_folder, sync_folder, writing_to
from storage.local.imported import write_car_tree
from storage.local.index import BlockIndex
from storage.local.layout import Layout
from storage.local.sidecar import SidecarWriter
from storage.local.tree import WHERE, StoredTree
from storage.protocol import MAX_DOCUMENT_BYTES, StoredFile
from storage.reading import BlockGetter, Wanted, file_size, read_file, tree_blocks, verified
from storage.streams import bytes_left


class LocalStore:
    """A ContentStore in a folder; any number of threads and processes may use the same folder."""

    def __init__(self, folder: Path | str, *, limits: ReadLimits = DEFAULT_LIMITS) -> None:
        self._folder = Path(folder)
        self._limits = limits
        self.layout = Layout(self._folder)
        self.book = UpkeepBook(self.layout.upkeep)
        self.drafts = Drafts(self.layout.drafts)
        self._index = BlockIndex(self.layout.index)
        self._is_swept = False
        self._has_index = False

    def add_file(self, stream: ByteStream) -> StoredFile:
        check_room((self._folder, bytes_left(stream)))
        with self._draft() as draft:
            nodes = SidecarWriter(draft / "nodes.car")
            with (draft / "content").open("wb") as file:
                content = EarlyWriter(file)
                imported = import_stream(stream, on_chunk=content.write, on_node=nodes.add)
                content.sync()
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
        if cid.codec == DAG_PB and self.layout.tree(cid).is_dir():
            return StoredTree(self.layout.tree(cid), cid)(Wanted(cid))
        return self._read_from_trees(cid)

    def open(self, cid: Cid, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        return read_file(cid, self._getter(cid), offset=offset, length=length, limits=self._limits)

    def size(self, cid: Cid) -> int:
        return file_size(cid, self.read_block(cid))

    def has(self, cid: Cid) -> bool:
        """Whether the block is here; False for what a scrub found damaged."""
        if self.layout.block(cid).exists() or self.layout.tree(cid).is_dir():
            return not self.book.is_damaged(cid)
        return bool(self.trees_with(cid))

    def trees_with(self, cid: Cid) -> list[Cid]:
        """The kept trees that hold the block, other than as their root."""
        if not self._folder.is_dir():
            return []
        self._complete_index()
        return [root for root, _ in self._index.find(cid) if self.layout.tree(root).is_dir()]

    def pin(self, cid: Cid) -> None:
        path = self.layout.pin(cid)
        with self._writing():
            if not self.has(cid):
                raise BlockMissing(str(cid), where=WHERE)
            make_folder(path.parent)
            path.touch()
            sync_folder(path.parent)
            self.book.want(cid)

    def unpin(self, cid: Cid) -> None:
        with writing_to(self._folder):
            self.layout.pin(cid).unlink(missing_ok=True)

    def is_pinned(self, cid: Cid) -> bool:
        return self.layout.pin(cid).exists()

    def hold(self, cid: Cid, holder: str) -> None:
        """Notes that `holder` (such as "dataset:7") needs the content; holding twice is holding once."""
        with self._writing():
            if not self.has(cid):
                raise BlockMissing(str(cid), where=WHERE)
            self.book.hold(cid, holder, held_at=time.time())

    def release(self, cid: Cid, holder: str) -> None:
        """Ends a hold; when it was the last, the pin goes with it."""
        with self._writing():
            if self.book.release(cid, holder):
                self.unpin(cid)

    def holders(self, cid: Cid) -> list[str]:
        return self.book.holders(cid)

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
            for root in self.layout.trees():
                try:
                    self._index.add(root, StoredTree(self.layout.tree(root), root).places())
                except (BlockMissing, CidMismatch, MalformedBlock, MalformedCar):
                    # Damaged nodes: what can be read of it is read by its root, and a scrub reports it.
                    continue
            self._index.mark_complete()

    def sweep(self) -> int:
        """Removes what killed writers left behind, as the first write does; gives the number of drafts."""
        with writing_to(self._folder):
            return self.drafts.sweep()

    def forget(self, root: Cid) -> None:
        """Drops what the index and the book say of a thing that was removed."""
        self._index.remove(root)
        self.book.forget(root)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Keeps all writers out for a moment; False where one is at work already."""
        with writing_to(self._folder):
            make_folder(self.layout.drafts)
            with locked(self.layout.drafts, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_alone:
                yield is_alone

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """What is done inside is never overlapped by a garbage collection."""
        if not self._folder.is_dir():
            yield
            return
        with writing_to(self._folder):
            make_folder(self.layout.drafts)
            with locked(self.layout.drafts, fcntl.LOCK_SH):
                yield

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        with writing_to(self._folder):
            make_folder(self._folder)
        with self._writing():
            if not self._is_swept:
                self.drafts.sweep()
                self._is_swept = True
            with self.drafts.open() as draft:
                yield draft

    def _publish(self, draft: Path, cid: Cid) -> None:
        """Gives the whole and fsynced draft its name, then its pin."""
        if cid.codec == RAW:
            path = self.layout.block(cid)
            make_folder(path.parent)
            (draft / "content").replace(path)
            sync_folder(path.parent)
        else:
            self._complete_index()
            self._index.add(cid, StoredTree(draft, cid).places())
            _publish_folder(draft, self.layout.tree(cid))
        self.book.note_whole(cid)
        self.pin(cid)

    def _getter(self, cid: Cid) -> BlockGetter:
        folder = self.layout.tree(cid)
        if cid.codec == DAG_PB and folder.is_dir():
            return StoredTree(folder, cid)
        return lambda wanted: self.read_block(wanted.cid)

    def _read_raw(self, cid: Cid) -> bytes | None:
        try:
            block = self.layout.block(cid).read_bytes()
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
                return StoredTree(self.layout.tree(root), root)(wanted)
            except BlockMissing:
                continue
            except CidMismatch as error:
                damaged = error
        raise damaged or BlockMissing(str(cid), where=WHERE)

    def _complete_index(self) -> None:
        if not self._has_index and not self._index.is_complete():
            self.rebuild_index()
        self._has_index = True


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
