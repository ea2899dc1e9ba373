"""What every text format must be: UTF-8 without NUL bytes, and not something else that we do not take."""

import codecs
from typing import BinaryIO

from common.tables.errors import TableRefused

CHUNK_BYTES = 1 << 20
TAKEN = "CSV, JSON lines, Parquet and NPZ are taken"
# What a file that is no text begins with; a name or a content type of the sender is never believed.
BINARY_BEGINNINGS = {
    b"\x1f\x8b": "gzip",
    b"\x93NUMPY": "NPY",
    b"\x89HDF": "HDF5",
    b"\x80\x04": "pickle",
    b"\x80\x05": "pickle",
    b"%PDF": "PDF",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"SQLite format 3": "SQLite",
    b"7z\xbc\xaf": "7-Zip",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\xd0\xcf\x11\xe0": "old Excel",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
}
TEXT_BEGINNINGS = {b"[": "one JSON array", b"<": "HTML, XML or SVG"}


def check_text(stream: BinaryIO) -> None:
    """Reads the stream once and raises TableRefused unless it is plain UTF-8 text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = stream.read(CHUNK_BYTES)
    _check_beginning(first)
    chunk, position = first, 0
    while chunk:
        if b"\0" in chunk:
            at = position + chunk.index(b"\0")
            raise TableRefused("nul_byte", f"there is a NUL byte at position {at:,}: this is no text file")
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _not_utf8(position) from error
        position += len(chunk)
        chunk = stream.read(CHUNK_BYTES)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(position) from error


def _check_beginning(first: bytes) -> None:
    for beginning, kind in BINARY_BEGINNINGS.items():
        if first.startswith(beginning):
            raise TableRefused("unsupported_format", f"this is a {kind} file; {TAKEN}")
    text = first[:256].removeprefix(codecs.BOM_UTF8).lstrip()
    for beginning, kind in TEXT_BEGINNINGS.items():
        if text.startswith(beginning):
            raise TableRefused("unsupported_format", f"this looks like {kind}; {TAKEN}")


def _not_utf8(position: int) -> TableRefused:
    return TableRefused("not_utf8", f"the text is not UTF-8 (near byte {position:,}): save it as UTF-8")
