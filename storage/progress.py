"""What a terminal is told of a long read or write."""

import os
import time
from typing import BinaryIO, TextIO

LARGE_BYTES = 64 << 20
SECONDS_BETWEEN = 0.2


class ProgressLine:
    """One line that says how far it is. Silent for small totals, and where nobody watches (no terminal)."""

    def __init__(self, terminal: TextIO, total_bytes: int | None) -> None:
        self._terminal = terminal
        self._total_bytes = total_bytes
        self._is_shown = terminal.isatty() and (total_bytes is None or total_bytes >= LARGE_BYTES)
        self._done_bytes = 0
        self._started_at = time.monotonic()
        self._shown_at = self._started_at

    def add(self, size_bytes: int) -> None:
        """So many bytes more are done."""
        self._done_bytes += size_bytes
        if self._is_shown and time.monotonic() - self._shown_at >= SECONDS_BETWEEN:
            self._show()

    def finish(self) -> None:
        """Clears the line."""
        if self._is_shown:
            self._terminal.write("\r\033[K")
            self._terminal.flush()

    def _show(self) -> None:
        self._shown_at = time.monotonic()
        seconds = max(self._shown_at - self._started_at, 0.001)
        line = f"{self._done_bytes / 1e6:,.0f} MB, {self._done_bytes / 1e6 / seconds:,.0f} MB/s"
        if self._total_bytes:
            line = f"{self._done_bytes / self._total_bytes:4.0%}  {line} of {self._total_bytes / 1e6:,.0f} MB"
        self._terminal.write(f"\r\033[K{line}")
        self._terminal.flush()


class ProgressReader:
    """A stream that passes reads through and tells how far it has been read."""

    def __init__(self, stream: BinaryIO, terminal: TextIO) -> None:
        self._stream = stream
        self._line = ProgressLine(terminal, _size_of(stream))

    def read(self, size: int = -1, /) -> bytes:
        piece = self._stream.read(size)
        self._line.add(len(piece))
        return piece

    def readinto(self, target: memoryview, /) -> int:
        size: int = self._stream.readinto(target)  # type: ignore[attr-defined]
        self._line.add(size)
        return size

    def finish(self) -> None:
        """Clears the line."""
        self._line.finish()


def _size_of(stream: BinaryIO) -> int | None:
    """Bytes of a plain file; None for a pipe, whose end nobody knows."""
    try:
        status = os.fstat(stream.fileno())
    except OSError:
        return None
    return status.st_size or None
