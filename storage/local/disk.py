"""Writes that survive a power cut, and drafts that never survive their writer."""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from storage.errors import StoreFull, StoreNotWritable
from storage.limits import SIDE_BYTES

EARLY_BYTES = 8 << 20
FULL = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file is larger than may be written there",
}
NOT_WRITABLE = FULL | {
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "we may not write there",
    errno.EPERM: "we may not write there",
    errno.EIO: "the disk fails",
    errno.ENOTDIR: "a file stands where a folder should be",
    errno.EEXIST: "a file stands where a folder should be",
}


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Names the reason where the disk refuses."""
    try:
        yield
    except OSError as error:
        if error.errno not in NOT_WRITABLE:
            raise
        kind = StoreFull if error.errno in FULL else StoreNotWritable
        raise kind(f"cannot write to the folder {folder.name}: {NOT_WRITABLE[error.errno]}") from error


def check_room(*needs: tuple[Path, int]) -> None:
    """Raises StoreFull where a disk cannot take what its folders need; a folder may not be there yet."""
    needed: dict[int, int] = {}
    free: dict[int, int] = {}
    for folder, size_bytes in needs:
        there = next(each for each in (folder, *folder.parents) if each.exists())
        disk = there.stat().st_dev
        needed[disk] = needed.get(disk, SIDE_BYTES) + size_bytes
        free[disk] = shutil.disk_usage(there).free
    for disk, size_bytes in needed.items():
        if free[disk] < size_bytes:
            raise StoreFull(f"this needs {size_bytes:,} free bytes on our disk; there are {free[disk]:,}")


def sync_folder(folder: Path) -> None:
    """Makes the names in the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class EarlyWriter:
    """Writes to a file and has the disk begin every few megabytes: `sync` at the end waits for little."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._written = 0
        self._begun = 0

    def write(self, chunk: memoryview) -> None:
        self._file.write(chunk)
        self._written += len(chunk)
        # DONTNEED starts the write of what is dirty; what macOS does not know is only slower there.
        if self._written - self._begun >= EARLY_BYTES and hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._file.fileno(), self._begun, 0, os.POSIX_FADV_DONTNEED)
            self._begun = self._written

    def sync(self) -> None:
        """Returns when all bytes are durable."""
        self._file.flush()
        os.fsync(self._file.fileno())


def make_folder(folder: Path) -> None:
    """The folder and its parents, durable; nothing where it is there already."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


@contextmanager
def locked(folder: Path, kind: int) -> Iterator[bool]:
    """Holds a lock on the folder; False where LOCK_NB was asked for and another holds one against it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, kind)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


class Drafts:
    """Temporary folders in the store's own file system.

    Each is locked by its writer for as long as that lives, so that those which a kill left behind can be told
    apart and removed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def open(self) -> Iterator[Path]:
        """A folder of the caller's own; what is still in it at the end is removed."""
        make_folder(self._folder)
        with self._gate(fcntl.LOCK_SH):
            draft = Path(tempfile.mkdtemp(dir=self._folder, prefix="draft-"))
            descriptor = os.open(draft, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            os.close(descriptor)

    def sweep(self) -> int:
        """Removes the drafts whose writer is gone; gives their number."""
        if not self._folder.is_dir():
            return 0
        swept = 0
        with self._gate(fcntl.LOCK_EX):
            for draft in self._folder.glob("draft-*"):
                swept += _remove_if_abandoned(draft)
        return swept

    @contextmanager
    def _gate(self, kind: int) -> Iterator[None]:
        """Shared while a draft is made and locked, exclusive while abandoned ones are looked for."""
        descriptor = os.open(self._folder / "gate", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)


def _remove_if_abandoned(draft: Path) -> bool:
    try:
        descriptor = os.open(draft, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(draft, ignore_errors=True)
        return True
    finally:
        os.close(descriptor)
