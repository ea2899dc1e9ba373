"""Hybrid post-quantum keys: ML-KEM-768 and X25519 together (X-Wing), used through HPKE.

A file sealed to them stays closed as long as either of the two holds. An identity is 32 secret bytes;
SHAKE256 stretches it to the seeds of both parts (draft-ietf-hpke-pq-03).
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from storage.age.bech32 import decode_bech32, encode_bech32
from storage.age.errors import InvalidKey, MalformedHeader, NoIdentityMatches, NotQuantumSafe
from storage.age.file_key import FILE_KEY_BYTES, FileKey
from storage.age.header import HYBRID, Header, Stanza, base64_bytes, base64_text

RECIPIENT_PREFIX = "age1pq"
IDENTITY_PREFIX = "age-secret-key-pq-"
CLASSIC_STARTS = ("age1", "ssh-")

SEED_BYTES = 32
MLKEM_SEED_BYTES = 64
MLKEM_PUBLIC_BYTES = 1184
CURVE_SHARE_BYTES = 32
RECIPIENT_BYTES = MLKEM_PUBLIC_BYTES + CURVE_SHARE_BYTES
ENCAPSULATED_BYTES = 1120
BODY_BYTES = FILE_KEY_BYTES + 16

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
INFO = b"age-encryption.org/mlkem768x25519"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key: whoever has it can seal, and only its identity opens."""

    text: str
    _key: hpke.MLKEM768X25519PublicKey = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads age1pq1...; other kinds of age recipients are refused by name."""
        if text.startswith(CLASSIC_STARTS) and not text.startswith(RECIPIENT_PREFIX + "1"):
            raise NotQuantumSafe(
                "this recipient is not quantum-safe; make a key with `keygen`, or age-keygen -pq"
            )
        prefix, raw = decode_bech32(text)
        if prefix != RECIPIENT_PREFIX or text != text.lower():
            raise InvalidKey("a recipient starts with age1pq1")
        if len(raw) != RECIPIENT_BYTES:
            raise InvalidKey("the recipient does not have the length of its kind")
        try:
            mlkem_key = MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_PUBLIC_BYTES])
            curve_key = X25519PublicKey.from_public_bytes(raw[MLKEM_PUBLIC_BYTES:])
            # A point of low order shows itself only in use; better here than when a release needs the key.
            X25519PrivateKey.generate().exchange(curve_key)
        except ValueError as error:
            raise InvalidKey("the recipient does not hold two sound keys") from error
        return cls(text, hpke.MLKEM768X25519PublicKey(mlkem_key, curve_key))

    def wrap(self, file_key: FileKey) -> Stanza:
        """The file key for this recipient alone; another stanza at each call."""
        sealed = SUITE.encrypt(file_key.secret, self._key, info=INFO)
        encapsulated = base64_text(sealed[:ENCAPSULATED_BYTES]).decode("ascii")
        return Stanza((HYBRID, encapsulated), sealed[ENCAPSULATED_BYTES:])

    def __str__(self) -> str:
        return self.text


class Identity:
    """A private key. Its text is given by `reveal` alone; it is in no repr and in no error."""

    __slots__ = ("_curve_key", "_key", "_seed", "recipient")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise InvalidKey("the identity does not have the length of its kind")
        stretched = hashlib.shake_256(seed).digest(MLKEM_SEED_BYTES + 32)
        mlkem_key = MLKEM768PrivateKey.from_seed_bytes(stretched[:MLKEM_SEED_BYTES])
        curve_key = X25519PrivateKey.from_private_bytes(stretched[MLKEM_SEED_BYTES:])
        public = mlkem_key.public_key().public_bytes_raw() + curve_key.public_key().public_bytes_raw()
        self._seed = seed
        self._curve_key = curve_key
        self._key = hpke.MLKEM768X25519PrivateKey(mlkem_key, curve_key)
        self.recipient = Recipient(encode_bech32(RECIPIENT_PREFIX, public), self._key.public_key())

    @classmethod
    def generate(cls) -> Self:
        """A new identity from the system's randomness."""
        return cls(secrets.token_bytes(SEED_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads AGE-SECRET-KEY-PQ-1..."""
        prefix, seed = decode_bech32(text)
        if prefix != IDENTITY_PREFIX or text != text.upper():
            raise InvalidKey("an identity starts with AGE-SECRET-KEY-PQ-1")
        return cls(seed)

    def reveal(self) -> str:
        """The secret text, to be written to a key file and nowhere else."""
        return encode_bech32(IDENTITY_PREFIX, self._seed).upper()

    def unwrap(self, header: Header) -> FileKey | None:
        """The file key, if one of the stanzas is for this identity."""
        for encapsulated, body in _hybrid_stanzas(header):
            try:
                return FileKey(SUITE.decrypt(encapsulated + body, self._key, info=INFO))
            except InvalidTag:
                self._check_share(encapsulated[-CURVE_SHARE_BYTES:])
        return None

    def _check_share(self, share: bytes) -> None:
        """Refuses a point of low order, with which the curve's part would be no secret at all."""
        try:
            self._curve_key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError as error:
            raise MalformedHeader(f"an {HYBRID} recipient holds a point of low order") from error

    def __repr__(self) -> str:
        return "Identity(secret)"

    def __reduce__(self) -> str:
        raise TypeError("an identity is not pickled")


class KeyFinder(Protocol):
    """Whoever can get at the file key of a header: an identity, or a key that is at hand already."""

    def unwrap(self, header: Header, /) -> FileKey | None: ...


def unwrap_checked(header: Header, identities: Iterable[KeyFinder]) -> FileKey:
    """The file key by the first identity that has it; the header's MAC is checked with it."""
    for identity in identities:
        file_key = identity.unwrap(header)
        if file_key is not None:
            file_key.check(header)
            return file_key
    raise NoIdentityMatches("the file is not sealed to any of the identities at hand")


def wrapped_for(file_key: FileKey, recipients: Iterable[Recipient]) -> Header:
    """A header that gives the file key to these recipients; one named twice gets one stanza."""
    chosen = list(dict.fromkeys(recipients))
    if not chosen:
        raise InvalidKey("name at least one recipient")
    return file_key.sign(tuple(recipient.wrap(file_key) for recipient in chosen))


def parse_identities(text: str) -> list[Identity]:
    """The identities of a key file: one a line, `#` starts a comment. An error names the line alone."""
    identities = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            identities.append(Identity.parse(line.strip()))
        except InvalidKey as error:
            raise InvalidKey(f"line {number} of the key file: {error.message}") from None
    if not identities:
        raise InvalidKey("the key file holds no identity")
    return identities


def _hybrid_stanzas(header: Header) -> list[tuple[bytes, bytes]]:
    """Encapsulated key and body of each stanza of our kind, all of them well-formed."""
    found = []
    for stanza in header.stanzas:
        if stanza.kind != HYBRID:
            continue
        if len(stanza.arguments) != 2:
            raise MalformedHeader(f"an {HYBRID} recipient has two arguments")
        encapsulated = base64_bytes(stanza.arguments[1].encode("ascii"))
        # Before decryption: a file key of another length could tell identities apart (partitioning oracle).
        if len(encapsulated) != ENCAPSULATED_BYTES or len(stanza.body) != BODY_BYTES:
            raise MalformedHeader(f"an {HYBRID} recipient does not have the length of its kind")
        found.append((encapsulated, stanza.body))
    return found
