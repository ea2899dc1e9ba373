"""The text in front of a sealed file: which recipients hold the file key, and a MAC over all of it.

Every header has one way to be written and no other is read, so encoding a parsed header gives its bytes back.
"""

import base64
import binascii
import io
from collections.abc import Sequence
from dataclasses import dataclass

from storage.age.errors import MalformedHeader, NotQuantumSafe

VERSION_LINE = b"age-encryption.org/v1\n"
ANY_VERSION = b"age-encryption.org/"
STANZA_START = b"-> "
MAC_START = b"---"
COLUMNS = 64
MAC_BYTES = 32

HYBRID = "mlkem768x25519"
# Stanzas of native kinds, and of plugins in wide use, whose keys rest on elliptic curves or RSA alone.
CLASSIC_KINDS = frozenset({"X25519", "scrypt", "ssh-ed25519", "ssh-rsa", "p256tag", "piv-p256"})

# Room for about 70 recipients; a header has no reason to be larger.
MAX_HEADER_BYTES = 128 << 10


@dataclass(frozen=True, slots=True)
class Stanza:
    """The file key, wrapped for one recipient; the first argument names the kind."""

    arguments: tuple[str, ...]
    body: bytes

    @property
    def kind(self) -> str:
        return self.arguments[0]

    def encode(self) -> bytes:
        text = base64_text(self.body)
        lines = [text[at : at + COLUMNS] for at in range(0, len(text), COLUMNS)]
        if len(text) % COLUMNS == 0:
            lines.append(b"")
        return STANZA_START + " ".join(self.arguments).encode("ascii") + b"\n" + b"\n".join(lines) + b"\n"


@dataclass(frozen=True, slots=True)
class Header:
    stanzas: tuple[Stanza, ...]
    mac: bytes

    def encode(self) -> bytes:
        return unsigned_text(self.stanzas) + b" " + base64_text(self.mac) + b"\n"


def unsigned_text(stanzas: Sequence[Stanza]) -> bytes:
    """What the MAC covers: all up to and with its own mark."""
    return VERSION_LINE + b"".join(stanza.encode() for stanza in stanzas) + MAC_START


def read_header(stream: io.BufferedReader) -> Header:
    """Takes the header from the start of a stream, which then stands at the payload."""
    if not ANY_VERSION.startswith(stream.peek(1)[: len(ANY_VERSION)]):
        raise MalformedHeader("the file is not an age file")
    lines = _Lines(stream)
    first = lines.next()
    if first != VERSION_LINE[:-1]:
        what = "of another version of age" if first.startswith(ANY_VERSION) else "not an age file"
        raise MalformedHeader(f"the file is {what}")
    stanzas: list[Stanza] = []
    while (line := lines.next()).startswith(STANZA_START):
        stanzas.append(Stanza(_arguments(line[len(STANZA_START) :]), _body(lines)))
    if not stanzas:
        raise MalformedHeader("the header names no recipient")
    if not line.startswith(MAC_START + b" "):
        raise MalformedHeader("the header has a line that is neither a recipient's nor the last")
    mac = base64_bytes(line[len(MAC_START) + 1 :])
    if len(mac) != MAC_BYTES:
        raise MalformedHeader("the header's MAC does not have 32 bytes")
    return Header(tuple(stanzas), mac)


def check_quantum_safe(header: Header) -> None:
    """Refuses a file of which a copy of the key is wrapped for a recipient that a quantum computer opens."""
    for stanza in header.stanzas:
        if stanza.kind in CLASSIC_KINDS:
            raise NotQuantumSafe(f"the file is also sealed to a {stanza.kind} recipient")


def base64_text(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def base64_bytes(text: bytes) -> bytes:
    """Unpadded base64 in its one form."""
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise MalformedHeader("the header holds wrong base64") from error
    if base64_text(raw) != text:
        raise MalformedHeader("the header holds base64 that is not in its one form")
    return raw


class _Lines:
    """Lines without their line feed, as long as the header may last."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._left = MAX_HEADER_BYTES

    def next(self) -> bytes:
        line = self._stream.readline(self._left)
        self._left -= len(line)
        if line.endswith(b"\n"):
            return line[:-1]
        if self._left <= 0:
            raise MalformedHeader(f"the header is longer than {MAX_HEADER_BYTES} bytes")
        raise MalformedHeader("the file ends inside its header")


def _arguments(text: bytes) -> tuple[str, ...]:
    arguments = text.split(b" ")
    if not all(argument and all(33 <= code <= 126 for code in argument) for argument in arguments):
        raise MalformedHeader("a recipient's line holds an empty or unprintable argument")
    return tuple(argument.decode("ascii") for argument in arguments)


def _body(lines: _Lines) -> bytes:
    text = bytearray()
    while True:
        line = lines.next()
        if len(line) > COLUMNS:
            raise MalformedHeader("a recipient's body has a line that is too long")
        text += line
        if len(line) < COLUMNS:
            return base64_bytes(bytes(text))
