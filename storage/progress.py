"""A stream that tells on a terminal how far it has been read."""

import os
import time
from typing import BinaryIO, TextIO

LARGE_BYTES = 64 << 20
SECONDS_BETWEEN = 0.2


class ProgressReader:
    """Passes reads through. Silent for small files, and where nobody watches (no terminal)."""

    def __init__(self, stream: BinaryIO, terminal: TextIO) -> None:
        self._stream = stream
        self._terminal = terminal
        self._total_bytes = _size_of(stream)
        self._is_shown = terminal.isatty() and (self._total_bytes is None or self._total_bytes >= LARGE_BYTES)
        self._read_bytes = 0
        self._started_at = time.monotonic()
        self._shown_at = self._started_at

    def read(self, size: int = -1, /) -> bytes:
        piece = self._stream.read(size)
        self._read_bytes += len(piece)
        if self._is_shown and time.monotonic() - self._shown_at >= SECONDS_BETWEEN:
            self._show()
        return piece

    def finish(self) -> None:
        """Clears the line."""
        if self._is_shown:
            self._terminal.write("\r\033[K")
            self._terminal.flush()

    def _show(self) -> None:
        self._shown_at = time.monotonic()
        seconds = max(self._shown_at - self._started_at, 0.001)
        line = f"{self._read_bytes / 1e6:,.0f} MB, {self._read_bytes / 1e6 / seconds:,.0f} MB/s"
        if self._total_bytes:
            line = f"{self._read_bytes / self._total_bytes:4.0%}  {line} of {self._total_bytes / 1e6:,.0f} MB"
        self._terminal.write(f"\r\033[K{line}")
        self._terminal.flush()


def _size_of(stream: BinaryIO) -> int | None:
    """Bytes of a plain file; None for a pipe, whose end nobody knows."""
    try:
        status = os.fstat(stream.fileno())
    except OSError:
        return None
    return status.st_size or None
