"""The header's grammar: one way to be written, no other is read; its MAC; what it says of recipients."""

import base64
from collections.abc import Callable
from io import BytesIO

import pytest

from storage.age.errors import HeaderMacMismatch, MalformedHeader, NoIdentityMatches, NotQuantumSafe
from storage.age.file_key import FileKey
from storage.age.header import (
    HYBRID,
    MAX_HEADER_BYTES,
    Header,
    Stanza,
    base64_text,
    check_quantum_safe,
    read_header,
)
from storage.age.keys import Identity, unwrap_checked, wrapped_for
from storage.streams import buffered

PROVIDER = Identity(bytes(range(32)))
STRANGER = Identity(bytes(range(1, 33)))
FILE_KEY = FileKey(bytes(range(16)))
HEADER = wrapped_for(FILE_KEY, [PROVIDER.recipient])
TEXT = HEADER.encode()
VERSION, ARGUMENTS, BODY, MAC, _ = TEXT.split(b"\n")


def parsed(text: bytes) -> Header:
    return read_header(buffered(BytesIO(text)))


def written(*lines: bytes) -> bytes:
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize("body", [b"", b"1", bytes(47), bytes(48), bytes(49), bytes(500)])
def test_a_header_comes_back_as_it_was_written(body: bytes) -> None:
    header = FILE_KEY.sign((Stanza(("grease", "!~"), body), *HEADER.stanzas))

    assert parsed(header.encode()) == header
    assert unwrap_checked(parsed(header.encode()), [STRANGER, PROVIDER]) == FILE_KEY


def test_the_stream_stands_at_the_payload_after_the_header() -> None:
    stream = buffered(BytesIO(TEXT + b"the payload"))

    read_header(stream)

    assert stream.read() == b"the payload"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"age-encryption.org/v1",
        b"age-encryption.org/v2\n",
        b"anything else\n" + TEXT,
        TEXT[:-1],
        TEXT.replace(b"\n", b"\r\n"),
        written(VERSION, MAC),
        written(VERSION, b"->", BODY, MAC),
        written(VERSION, b"-> ", BODY, MAC),
        written(VERSION, b"->  two", BODY, MAC),
        written(VERSION, ARGUMENTS + b" ", BODY, MAC),
        written(VERSION, "-> ä".encode(), BODY, MAC),
        written(VERSION, ARGUMENTS, BODY + b"=", MAC),
        written(VERSION, ARGUMENTS, BODY[:-1] + b"_", MAC),
        written(VERSION, ARGUMENTS, BODY[:-1] + b"9", MAC),
        written(VERSION, ARGUMENTS, b"A" * 65, MAC),
        written(VERSION, ARGUMENTS, BODY, b"", MAC),
        written(VERSION, ARGUMENTS, MAC),
        written(VERSION, ARGUMENTS, b"A" * 64, MAC),
        written(VERSION, ARGUMENTS, BODY, MAC + b" "),
        written(VERSION, ARGUMENTS, BODY, b"---" + MAC[4:]),
        written(VERSION, ARGUMENTS, BODY, MAC[:-4]),
        written(VERSION, ARGUMENTS, BODY, b"--- "),
        written(VERSION, b"-> " + b"a" * MAX_HEADER_BYTES, BODY, MAC),
        written(VERSION, *[b"-> grease", b""] * (MAX_HEADER_BYTES // 10), MAC),
    ],
    ids=lambda _: "header",  # the MAC is another in each process
)
def test_any_other_way_to_write_a_header_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedHeader):
        parsed(text)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: (*one, Stanza(("grease",), b"")),
        lambda one: (Stanza(("grease",), b""), *one),
        lambda one: (*one, *one),
    ],
)
def test_a_changed_header_is_refused(change: Callable[[tuple[Stanza, ...]], tuple[Stanza, ...]]) -> None:
    changed = Header(change(HEADER.stanzas), HEADER.mac)

    with pytest.raises(HeaderMacMismatch):
        unwrap_checked(changed, [PROVIDER])


def test_a_header_for_others_opens_for_no_stranger() -> None:
    assert unwrap_checked(HEADER, [PROVIDER]) == FILE_KEY
    with pytest.raises(NoIdentityMatches):
        unwrap_checked(HEADER, [STRANGER])
    with pytest.raises(NoIdentityMatches):
        unwrap_checked(HEADER, [])


@pytest.mark.parametrize("at", [0, 1087, 1088, 1119])
def test_a_stanza_with_a_changed_share_opens_for_nobody(at: int) -> None:
    share = bytearray(base64.b64decode(HEADER.stanzas[0].arguments[1] + "=="))
    share[at] ^= 1
    changed = Stanza((HYBRID, base64_text(bytes(share)).decode()), HEADER.stanzas[0].body)

    with pytest.raises(NoIdentityMatches):
        unwrap_checked(FILE_KEY.sign((changed,)), [PROVIDER])


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31)])
def test_a_share_of_low_order_is_refused(point: bytes) -> None:
    share = base64.b64decode(HEADER.stanzas[0].arguments[1] + "==")[:-32] + point
    stanza = Stanza((HYBRID, base64_text(share).decode()), HEADER.stanzas[0].body)

    with pytest.raises(MalformedHeader, match="low order"):
        unwrap_checked(FILE_KEY.sign((stanza,)), [PROVIDER])


@pytest.mark.parametrize(
    "stanza",
    [
        Stanza((HYBRID,), bytes(32)),
        Stanza((HYBRID, base64_text(bytes(1120)).decode(), "more"), bytes(32)),
        Stanza((HYBRID, base64_text(bytes(1119)).decode()), bytes(32)),
        Stanza((HYBRID, base64_text(bytes(1121)).decode()), bytes(32)),
        Stanza((HYBRID, base64_text(bytes(1120)).decode()), bytes(31)),
        Stanza((HYBRID, base64_text(bytes(1120)).decode()), bytes(40)),
        Stanza((HYBRID, "A" * 1493 + "B"), bytes(32)),
    ],
)
def test_a_stanza_of_our_kind_that_is_malformed_is_refused_even_behind_a_good_one(stanza: Stanza) -> None:
    header = FILE_KEY.sign((*HEADER.stanzas, stanza))

    with pytest.raises(MalformedHeader):
        unwrap_checked(header, [PROVIDER])


@pytest.mark.parametrize("kind", ["X25519", "scrypt", "ssh-rsa", "p256tag"])
def test_a_file_that_is_also_sealed_to_a_classic_recipient_is_told_apart(kind: str) -> None:
    mixed = FILE_KEY.sign((*HEADER.stanzas, Stanza((kind, "x"), bytes(32))))

    check_quantum_safe(HEADER)
    with pytest.raises(NotQuantumSafe, match=kind):
        check_quantum_safe(mixed)
