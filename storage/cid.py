"""Content identifiers: CIDv1 of sha2-256 in base32, and the older CIDv0, read from any usual base.

On chain a CID is its codec and its 32-byte digest.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Self

from storage.errors import InvalidCid, MalformedBlock, UnsupportedCid
from storage.varint import decode_varint, encode_varint

RAW = 0x55
DAG_PB = 0x70
DAG_CBOR = 0x71
SUPPORTED_CODECS = {RAW: "raw", DAG_PB: "dag-pb", DAG_CBOR: "dag-cbor"}

SHA2_256 = 0x12
DIGEST_BYTES = 32
MULTIHASH_PREFIX = bytes([SHA2_256, DIGEST_BYTES])
USUAL_PREFIXES = {bytes([1, codec]) + MULTIHASH_PREFIX for codec in (RAW, DAG_PB, DAG_CBOR)}
MAX_TEXT_LENGTH = 128

BASE58_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE36_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Cid:
    """Names one block. The version is a way of writing: a CIDv0 equals the CIDv1 of the same block."""

    version: int = field(compare=False)
    codec: int
    digest: bytes

    def __post_init__(self) -> None:
        if self.codec not in SUPPORTED_CODECS:
            raise UnsupportedCid(f"codec {self.codec:#x} is not read here")
        if len(self.digest) != DIGEST_BYTES:
            raise InvalidCid(f"a sha2-256 digest has 32 bytes, not {len(self.digest)}")
        if self.version not in {0, 1} or (self.version == 0 and self.codec != DAG_PB):
            raise InvalidCid(f"there is no version {self.version} CID of {SUPPORTED_CODECS[self.codec]}")

    @classmethod
    def from_digest(cls, digest: bytes | str, codec: int = RAW) -> Self:
        """The CIDv1 of a digest, given as 32 bytes or as the chain's "0x" + 64 hex digits."""
        if isinstance(digest, str):
            try:
                digest = bytes.fromhex(digest.removeprefix("0x"))
            except ValueError as error:
                raise InvalidCid("the digest is not hexadecimal") from error
        return cls(1, codec, bytes(digest))

    @classmethod
    def of_block(cls, block: bytes, codec: int) -> Self:
        """The CIDv1 of these bytes."""
        return cls(1, codec, hashlib.sha256(block).digest())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads base32, base16, base36 and base58 CIDv1, and CIDv0.

        >>> str(Cid.parse("f01551220b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"))
        'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
        """
        if not isinstance(text, str) or not text.isascii() or not 2 <= len(text) <= MAX_TEXT_LENGTH:
            raise InvalidCid("this is not a CID: a CID is a short text of letters and digits", field="cid")
        if len(text) == 46 and text.startswith("Qm"):
            return cls.from_bytes(_decode_big_base(text, BASE58_ALPHABET))
        decoded = _decode_multibase(text)
        if decoded[0] != 1:
            raise InvalidCid("only a bare Qm... text is a CIDv0", field="cid")
        return cls.from_bytes(decoded)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Reads a binary CID and nothing after it."""
        cid, end = cls.read_from(raw, 0)
        if end != len(raw):
            raise InvalidCid("there are bytes after the CID", field="cid")
        return cid

    @classmethod
    def read_from(cls, raw: bytes, at: int) -> tuple[Self, int]:
        """The binary CID that starts at `at`, and the position after it."""
        if raw[at : at + 2] == MULTIHASH_PREFIX:
            end = at + 2 + DIGEST_BYTES
            return cls(0, DAG_PB, raw[at + 2 : end]), end
        # Nearly every CID is of this form; a node holds a thousand.
        if raw[at : at + 4] in USUAL_PREFIXES:
            end = at + 4 + DIGEST_BYTES
            return cls(1, raw[at + 1], raw[at + 4 : end]), end
        try:
            version, after_version = decode_varint(raw, at)
            codec, after_codec = decode_varint(raw, after_version)
            function, after_function = decode_varint(raw, after_codec)
            length, start = decode_varint(raw, after_function)
        except MalformedBlock as error:
            raise InvalidCid("the bytes are not a CID", field="cid") from error
        if version != 1:
            raise InvalidCid(f"there is no CID version {version}", field="cid")
        if function != SHA2_256 or length != DIGEST_BYTES:
            raise UnsupportedCid(f"hash {function:#x} of {length} bytes is not read here", field="cid")
        return cls(1, codec, raw[start : start + DIGEST_BYTES]), start + DIGEST_BYTES

    def __bytes__(self) -> bytes:
        multihash = MULTIHASH_PREFIX + self.digest
        if self.version == 0:
            return multihash
        return b"\x01" + encode_varint(self.codec) + multihash

    def __str__(self) -> str:
        if self.version == 0:
            return _encode_base58(bytes(self))
        return "b" + base64.b32encode(bytes(self)).decode("ascii").lower().rstrip("=")

    @property
    def as_v1(self) -> "Cid":
        """The same block, written as CIDv1."""
        return Cid(1, self.codec, self.digest)

    @property
    def digest_hex(self) -> str:
        """The digest as contracts take it: "0x" + 64 lower-case hex digits."""
        return "0x" + self.digest.hex()

    def is_of(self, block: bytes) -> bool:
        """Whether these are the bytes that the CID names."""
        return hashlib.sha256(block).digest() == self.digest


def raw_cid(data: bytes) -> Cid:
    """The CID of a small document kept as one raw block: its digest is the sha2-256 of the bytes."""
    return Cid.of_block(data, RAW)


def _decode_multibase(text: str) -> bytes:
    prefix, body = text[0], text[1:]
    if prefix in "bB":
        decoded = _decode_base32(body, upper=prefix == "B")
    elif prefix in "fF":
        decoded = _decode_base16(body, upper=prefix == "F")
    elif prefix == "z":
        decoded = _decode_big_base(body, BASE58_ALPHABET)
    elif prefix == "k":
        decoded = _decode_big_base(body, BASE36_ALPHABET)
    else:
        raise InvalidCid("this is not a CID: it starts with no base that we know", field="cid")
    if not decoded:
        raise InvalidCid("this is not a CID: it is empty", field="cid")
    return decoded


def _decode_base32(body: str, *, upper: bool) -> bytes:
    if body != (body.upper() if upper else body.lower()):
        raise InvalidCid("the CID mixes upper and lower case", field="cid")
    try:
        decoded = base64.b32decode(body.upper() + "=" * (-len(body) % 8))
    except ValueError as error:
        raise InvalidCid("this is not a CID: wrong base32", field="cid") from error
    if base64.b32encode(decoded).decode("ascii").rstrip("=") != body.upper():
        raise InvalidCid("the CID has stray bits at its end", field="cid")
    return decoded


def _decode_base16(body: str, *, upper: bool) -> bytes:
    if body != (body.upper() if upper else body.lower()) or not body.isalnum():
        raise InvalidCid("this is not a CID: wrong base16", field="cid")
    try:
        return bytes.fromhex(body)
    except ValueError as error:
        raise InvalidCid("this is not a CID: wrong base16", field="cid") from error


def _decode_big_base(body: str, alphabet: str) -> bytes:
    value = 0
    for character in body:
        digit = alphabet.find(character)
        if digit < 0:
            raise InvalidCid(f"this is not a CID: {character!r} does not belong there", field="cid")
        value = value * len(alphabet) + digit
    zeros = len(body) - len(body.lstrip(alphabet[0]))
    return bytes(zeros) + value.to_bytes((value.bit_length() + 7) // 8, "big")


def _encode_base58(raw: bytes) -> str:
    value = int.from_bytes(raw, "big")
    digits = []
    while value:
        value, digit = divmod(value, 58)
        digits.append(BASE58_ALPHABET[digit])
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(digits))
