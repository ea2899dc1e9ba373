"""Private data in a verification: opened with the auditor's own key, in memory, or named as missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from common.errors import QommonsError
from qjobs.runner.sealing import ChildKeys
from storage.age.file_key import FileKey
from storage.age.files import unseal
from storage.age.header import MAX_HEADER_BYTES, VERSION_LINE
from storage.age.keys import Identity
from storage.age.vault import KnownKey, key_in

RELEASED_ENDING = ".age"
NO_RIGHT = (
    "the data is private: give --key-file with your own age key and, in --files, the file that the data's "
    "release service sealed to it ({name}); a download pass entitles to it"
)


SEALED_FILE = (
    "it carries rows of the data, so it is sealed: give --key-file with your own age key and, in --files, "
    "the file that the release service sealed to it ({name}); holding the model token entitles to it"
)


class CannotOpen(Exception):
    """The auditor lacks something; the text says what."""


@dataclass(frozen=True)
class Auditor:
    """What an auditor has of its own: identities, and what was released to it.

    released, released_files: datasets by token id, a result's files by name. Only the header of each is used:
    the bytes come from what the chain names. keys: of files whose header somebody opened beforehand.
    """

    identities: tuple[Identity, ...] = ()
    released: Mapping[int, Path] = field(default_factory=dict)
    released_files: Mapping[str, Path] = field(default_factory=dict)
    keys: ChildKeys = field(default_factory=ChildKeys)

    def rows(self, token_id: int, content: bytes) -> bytes:
        """The plain bytes of a dataset's file, which are the file itself where it is public."""
        if not is_sealed(content):
            return content
        known, released = self.keys.inputs.get(token_id), self.released.get(token_id)
        file_key = known or self._key_in(released, NO_RIGHT.format(name=released_name(token_id)))
        try:
            return b"".join(unseal(BytesIO(content), [KnownKey(file_key)]))
        except QommonsError as error:
            raise CannotOpen(f"the released key does not open the data: {error.message}") from error

    def key_of_file(self, name: str) -> FileKey:
        """The key of a result's sealed file; raises CannotOpen."""
        known, released = self.keys.files.get(name), self.released_files.get(name)
        return known or self._key_in(released, SEALED_FILE.format(name=f"{name}{RELEASED_ENDING}"))

    def _key_in(self, released: Path | None, no_right: str) -> FileKey:
        if released is None or not self.identities:
            raise CannotOpen(no_right)
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
    return f"dataset-{token_id}{RELEASED_ENDING}"
