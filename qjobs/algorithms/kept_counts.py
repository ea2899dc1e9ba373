"""Counts of measurements as they are drawn, so that a run that was killed draws none of them again."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEAD_BYTES = hashlib.sha256().digest_size
COUNT = np.dtype("<u4")


class KeptCounts:
    """One file of counts in the order in which a run asks for them; None keeps nothing.

    `made_by`: what decides every count; a file that was made by another is written anew.
    """

    def __init__(self, file: Path | None, made_by: str) -> None:
        self._file = file
        self._head = hashlib.sha256(made_by.encode()).digest()
        self._known = self._read()

    def known(self, place: int, count: int) -> NDArray | None:
        """The counts from that place on, (count,) int64; None where not all of them are there."""
        found = self._known[place : place + count].astype(np.int64) - 1
        return found if len(found) == count and found.min(initial=0) >= 0 else None

    def keep(self, place: int, counts: NDArray) -> None:
        """Over what a kill left there; each one higher, for a zero is what never reached the disk."""
        if self._file is None:
            return
        with self._file.open("r+b") as kept:
            kept.seek(HEAD_BYTES + place * COUNT.itemsize)
            kept.write((counts + 1).astype(COUNT).tobytes())

    def _read(self) -> NDArray:
        none = np.empty(0, dtype=COUNT)
        if self._file is None:
            return none
        block = self._file.read_bytes() if self._file.is_file() else b""
        if block[:HEAD_BYTES] != self._head:
            self._file.write_bytes(self._head)
            return none
        return np.frombuffer(
            block, dtype=COUNT, offset=HEAD_BYTES, count=(len(block) - HEAD_BYTES) // COUNT.itemsize
        )
