"""Chunks on disk, each sealed with a key that only the sender's upload key gives.

After a kill nobody can read what is left of a private file.
"""

import os
import shutil
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from common.errors import RetryableError
from storage.local.disk import make_folder, sync_folder, writing_to

KEY_BYTES = 32
NONCE_BYTES = 12
_CHUNK_KEY = b"qommons upload chunks"
_PROOF = b"qommons upload proof"


class ChunkLost(RetryableError):
    """A chunk that came is not on the disk any more as it was."""

    def __init__(self, number: int) -> None:
        super().__init__(f"chunk {number} is damaged on our disk")


@dataclass(frozen=True)
class UploadKey:
    """What the sender alone keeps; its proof tells a sender without telling the key."""

    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> "UploadKey":
        return cls(os.urandom(KEY_BYTES))

    @property
    def proof(self) -> str:
        """64 hex digits."""
        return self._derived(_PROOF).hex()

    def is_proved_by(self, proof: str) -> bool:
        return compare_digest(self.proof, proof)

    def cipher(self) -> AESGCM:
        """What seals the chunks."""
        return AESGCM(self._derived(_CHUNK_KEY))

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(self.secret)


class ChunkFolder:
    """The chunks of one upload; a chunk gets its name when it is whole and on the disk."""

    def __init__(self, root: Path, session_id: UUID) -> None:
        self.path = root / str(session_id)

    def write(self, number: int, content: bytes, key: UploadKey) -> None:
        """Keeps one chunk; writing it again puts it anew. Raises StoreNotWritable."""
        nonce = os.urandom(NONCE_BYTES)
        draft = self.path / f"{number}.{nonce.hex()}"
        with writing_to(self.path):
            make_folder(self.path)
            try:
                with draft.open("xb") as file:
                    file.write(nonce + key.cipher().encrypt(nonce, content, self._place(number)))
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self.path / str(number))
            finally:
                draft.unlink(missing_ok=True)
            sync_folder(self.path)

    def read(self, number: int, digest: str, key: UploadKey) -> bytes:
        """The chunk with this sha256; raises ChunkLost where the disk has lost or changed it."""
        try:
            sealed = (self.path / str(number)).read_bytes()
            content = key.cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._place(number))
        except (FileNotFoundError, InvalidTag, ValueError) as error:  # ValueError: too short for its nonce
            raise ChunkLost(number) from error
        if sha256(content).hexdigest() != digest:
            raise ChunkLost(number)
        return content

    def remove(self) -> None:
        """Removes all chunks; may be repeated."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _place(self, number: int) -> bytes:
        return f"{self.path.name}/{number}".encode()
