"""Files whose key is kept apart from them: the payload may lie in public, its key in a header that can be
wrapped anew or destroyed.

The header in front of the payload is sealed to a recipient whose identity nobody ever had, so that the file's
bytes, and with them its CID, say nothing of who may open it and outlive every change of keys.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from storage.age.file_key import FileKey
from storage.age.files import seal_with
from storage.age.header import Header, check_quantum_safe, read_header
from storage.age.keys import Identity, Recipient, unwrap_checked, wrapped_for
from storage.importer import ByteStream
from storage.streams import buffered


@dataclass(frozen=True, slots=True)
class SealedApart:
    """`pieces` is the file for everybody; `key_header` opens it for the keepers alone."""

    key_header: bytes
    pieces: Iterator[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A file key at hand, in the place of an identity that would find it."""

    file_key: FileKey

    def unwrap(self, header: Header) -> FileKey:
        return self.file_key


def seal_apart(plain: ByteStream, keepers: Iterable[Recipient]) -> SealedApart:
    """Seals under a fresh key that only the keepers can get at."""
    file_key = FileKey.fresh()
    return SealedApart(wrapped_for(file_key, keepers).encode(), seal_under(plain, file_key))


def seal_under(plain: ByteStream, file_key: FileKey) -> Iterator[bytes]:
    """The file for everybody under this key, which seals no second one."""
    nobody = Identity.generate().recipient
    return seal_with(plain, wrapped_for(file_key, [nobody]), file_key)


def key_in(key_header: bytes, identities: Iterable[Identity]) -> FileKey:
    """The file key; raises NoIdentityMatches, or NotQuantumSafe where it is also sealed to a weaker key."""
    header = read_header(buffered(io.BytesIO(key_header)))
    check_quantum_safe(header)
    return unwrap_checked(header, identities)


def rewrapped(key_header: bytes, identities: Iterable[Identity], recipients: Iterable[Recipient]) -> bytes:
    """The same file key in a new header for others."""
    return wrapped_for(key_in(key_header, identities), recipients).encode()
