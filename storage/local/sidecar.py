"""A file's interior nodes, kept beside its plain bytes as a CAR v1 (about 50 bytes for each MiB of file).

Children stand before parents there, since the root is known last; its place in the header is filled at the
end.
"""

import os
from pathlib import Path
from typing import BinaryIO

from storage.car import encode_header, encode_section
from storage.cid import DAG_PB, Cid

PLACEHOLDER = Cid(1, DAG_PB, bytes(32))


class SidecarWriter:
    """Takes nodes as they are made. Nothing is on disk until the first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._starts: dict[Cid, tuple[int, int]] = {}

    def add(self, cid: Cid, block: bytes) -> None:
        """Writes a node; one that was written before is left out."""
        if cid in self._starts:
            return
        if self._file is None:
            self._file = self._path.open("w+b")
            self._file.write(encode_header(PLACEHOLDER))
        section = encode_section(cid.as_v1, block)
        self._starts[cid] = (self._file.tell() + len(section) - len(block), len(block))
        self._file.write(section)

    def read(self, cid: Cid) -> bytes:
        """A node that was written before."""
        assert self._file is not None
        self._file.flush()
        start, size = self._starts[cid]
        return os.pread(self._file.fileno(), size, start)

    def finish(self, root: Cid) -> None:
        """Names the root, makes the file durable and closes it."""
        if self._file is None:
            return
        with self._file as file:
            file.seek(0)
            file.write(encode_header(root.as_v1))
            file.flush()
            os.fsync(file.fileno())
