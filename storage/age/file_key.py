"""The 16 secret bytes of one sealed file, and what is derived from them."""

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.age.errors import HeaderMacMismatch
from storage.age.header import Header, Stanza, unsigned_text

FILE_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class FileKey:
    """Never written anywhere but wrapped for a recipient, and in no repr."""

    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> Self:
        """A key for one file; a second file under the same key would give its payload away."""
        return cls(secrets.token_bytes(FILE_KEY_BYTES))

    def sign(self, stanzas: tuple[Stanza, ...]) -> Header:
        """The header of these stanzas with its MAC."""
        return Header(stanzas, self._mac(stanzas))

    def check(self, header: Header) -> None:
        """Refuses a header that was changed after it was made."""
        if not hmac.compare_digest(self._mac(header.stanzas), header.mac):
            raise HeaderMacMismatch("the header of the sealed file was changed")

    def payload_cipher(self, nonce: bytes) -> ChaCha20Poly1305:
        """The cipher of the payload that begins with this nonce."""
        return ChaCha20Poly1305(self._derived(salt=nonce, purpose=b"payload"))

    def digest_of(self, plain: bytes) -> str:
        """64 hex digits by which a holder of the key knows the plain bytes; to others they say nothing."""
        return hmac.digest(self._derived(salt=None, purpose=b"qommons plain digest"), plain, "sha256").hex()

    def _mac(self, stanzas: tuple[Stanza, ...]) -> bytes:
        return hmac.digest(self._derived(salt=None, purpose=b"header"), unsigned_text(stanzas), "sha256")

    def _derived(self, *, salt: bytes | None, purpose: bytes) -> bytes:
        return HKDF(SHA256(), length=32, salt=salt, info=purpose).derive(self.secret)
