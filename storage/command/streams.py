"""Where the commands read from and write to."""

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from common.errors import InvalidInput
from storage.progress import ProgressLine, ProgressReader

DONE, REFUSED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
STANDARD = "-"


class TerminalRefused(InvalidInput):
    """Binary output would garble the terminal."""

    code = "terminal_refused"


def say(text: str) -> None:
    """One line of the command's result."""
    sys.stdout.write(text + "\n")


@contextmanager
def opened(name: str) -> Iterator[ProgressReader]:
    """A file or standard input, with progress."""
    with ExitStack() as stack:
        stream = sys.stdin.buffer if name == STANDARD else stack.enter_context(open(name, "rb"))
        reader = ProgressReader(stream, sys.stderr)
        try:
            yield reader
        finally:
            reader.finish()


def read_text(name: str) -> str:
    """A small text file or standard input; bytes that are no text come as signs that no key holds."""
    if name == STANDARD:
        return sys.stdin.read()
    return Path(name).read_text(encoding="utf-8", errors="replace")


@contextmanager
def output(name: str, *, is_binary: bool = True, mode: int = 0o666) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name only when it is whole."""
    if name != STANDARD:
        with _file_when_whole(Path(name), mode) as file:
            yield file
        return
    if is_binary and sys.stdout.isatty():
        raise TerminalRefused("the output is binary: name a file with -o, or pipe it")
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def write_all(pieces: Iterable[bytes], file: BinaryIO) -> None:
    for piece in pieces:
        file.write(piece)


def shown(pieces: Iterable[bytes], file: BinaryIO, total_bytes: int | None) -> Iterator[bytes]:
    """The same pieces, with progress where they do not go to the terminal themselves."""
    if file.isatty():
        yield from pieces
        return
    line = ProgressLine(sys.stderr, total_bytes)
    try:
        for piece in pieces:
            line.add(len(piece))
            yield piece
    finally:
        line.finish()


@contextmanager
def _file_when_whole(path: Path, mode: int) -> Iterator[BinaryIO]:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        # The name that the person gave, not the one that we made of it.
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
