"""ASCII armor: a sealed file as text, in strict PEM with lines of 64 characters."""

import base64
import binascii
import io
from collections.abc import Iterable, Iterator

from storage.age.errors import MalformedArmor
from storage.importer import ByteStream, read_exactly
from storage.streams import PieceStream, buffered

BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
END = b"-----END AGE ENCRYPTED FILE-----"
COLUMNS = 64
LINE_BYTES = 48
LINES_PER_PIECE = 1024
WHITESPACE = b" \t\r\n"
MAX_WHITESPACE_BYTES = 1024


def armor(sealed: Iterable[bytes]) -> Iterator[bytes]:
    """The text of a sealed file, a few lines at a time."""
    stream = PieceStream(iter(sealed))
    yield BEGIN + b"\n"
    while piece := read_exactly(stream, LINE_BYTES * LINES_PER_PIECE):
        text = base64.b64encode(piece)
        lines = [text[at : at + COLUMNS] for at in range(0, len(text), COLUMNS)]
        yield b"\n".join(lines) + b"\n"
    yield END + b"\n"


def without_armor(text: ByteStream) -> PieceStream:
    """The sealed file in an armored one; whatever is not strict armor is refused."""
    return PieceStream(_decoded(buffered(text)))


def is_armored(start: bytes) -> bool:
    """Whether a file that starts so is armored, going by its first line."""
    return start.lstrip(WHITESPACE).startswith(BEGIN[:11])


def _decoded(stream: io.BufferedReader) -> Iterator[bytes]:
    line = _skip_whitespace(stream)
    if line != BEGIN:
        raise MalformedArmor("the text does not begin with the first line of age armor")
    is_at_end = False
    while (line := _line(stream)) != END:
        if is_at_end:
            raise MalformedArmor("the armor goes on after its last line")
        piece = _decoded_line(line)
        is_at_end = len(piece) < LINE_BYTES
        yield piece
    if _skip_whitespace(stream):
        raise MalformedArmor("there is text after the armor")


def _decoded_line(line: bytes) -> bytes:
    if not 0 < len(line) <= COLUMNS:
        raise MalformedArmor("a line of the armor is empty or too long")
    try:
        piece = base64.b64decode(line)
    except binascii.Error as error:
        raise MalformedArmor("the armor holds wrong base64") from error
    if base64.b64encode(piece) != line:
        raise MalformedArmor("the armor holds base64 that is not in its one form")
    return piece


def _line(stream: io.BufferedReader) -> bytes:
    line = stream.readline(2 * COLUMNS)
    if not line:
        raise MalformedArmor("the armor has no last line")
    return line.removesuffix(b"\n").removesuffix(b"\r")


def _skip_whitespace(stream: io.BufferedReader) -> bytes:
    """The first line that is not blank, without blanks before it; empty at the end of the stream."""
    skipped = 0
    while line := stream.readline(2 * COLUMNS):
        text = line.lstrip(WHITESPACE)
        skipped += len(line) - len(text)
        if text:
            return text.removesuffix(b"\n").removesuffix(b"\r")
        if skipped > MAX_WHITESPACE_BYTES:
            break
    return b""
