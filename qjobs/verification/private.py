"""Private data in a verification: opened with the auditor's own key, in memory, or named as missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from common.errors import QommonsError
from storage.age.file_key import FileKey
from storage.age.files import unseal
from storage.age.header import MAX_HEADER_BYTES, VERSION_LINE
from storage.age.keys import Identity
from storage.age.vault import KnownKey, key_in

NO_RIGHT = (
    "the data is private: give --key-file with your own age key and, in --files, the file that the data's "
    "release service sealed to it ({name}); a download pass entitles to it"
)


class CannotOpen(Exception):
    """The auditor lacks something; the text says what."""


@dataclass(frozen=True)
class Auditor:
    """What an auditor has of its own: identities, and released files by token id.

    Of a released file only the header is used: the rows come from the bytes that the chain names.
    """

    identities: tuple[Identity, ...] = ()
    released: Mapping[int, Path] = field(default_factory=dict)

    def rows(self, token_id: int, content: bytes) -> bytes:
        """The plain bytes of a dataset's file, which are the file itself where it is public."""
        if not is_sealed(content):
            return content
        file_key = self._key_of(token_id)
        try:
            return b"".join(unseal(BytesIO(content), [KnownKey(file_key)]))
        except QommonsError as error:
            raise CannotOpen(f"the released key does not open the data: {error.message}") from error

    def _key_of(self, token_id: int) -> FileKey:
        released = self.released.get(token_id)
        if released is None or not self.identities:
            raise CannotOpen(NO_RIGHT.format(name=released_name(token_id)))
        with released.open("rb") as file:
            header = file.read(MAX_HEADER_BYTES)
        try:
            return key_in(header, self.identities)
        except QommonsError as error:
            raise CannotOpen(f"{released.name} is not sealed to your key: {error.message}") from error


STRANGER = Auditor()
"""Somebody without any right: for public data nothing more is needed."""


def is_sealed(content: bytes) -> bool:
    """Whether these are the bytes of a sealed file."""
    return content.startswith(VERSION_LINE)


def released_name(token_id: int) -> str:
    """How an auditor calls the file that was released to it."""
    return f"dataset-{token_id}.age"
