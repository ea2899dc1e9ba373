"""Keys for the child alone, and the sealed outputs that it gives back.

The parent makes a key for each output that is to be sealed; the child seals in its own memory, so that what
reaches a disk is sealed already.
"""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from common.errors import PermanentError
from qjobs.runner.errors import OutputRefused
from storage.age.file_key import FileKey
from storage.age.files import unseal
from storage.age.header import read_header
from storage.age.vault import KnownKey, seal_under

DIGEST_TEXT = re.compile(r"[0-9a-f]{64}")
NO_KEYS: Mapping[Any, FileKey] = MappingProxyType({})


@dataclass(frozen=True)
class ChildKeys:
    """inputs: of sealed datasets by token id; files: of the outputs, or the model's files, by name."""

    inputs: Mapping[int, FileKey] = field(default_factory=dict)
    files: Mapping[str, FileKey] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.inputs or self.files)

    def as_bytes(self) -> bytes:
        """For the child's standard input, and for nothing else."""
        return json.dumps({"inputs": _as_hex(self.inputs), "files": _as_hex(self.files)}).encode()

    @classmethod
    def from_bytes(cls, whispered: bytes) -> "ChildKeys":
        """What the parent said; nothing is no keys."""
        document = json.loads(whispered or b'{"inputs": {}, "files": {}}')
        inputs, files = (
            {name: FileKey(bytes.fromhex(key)) for name, key in document[part].items()}
            for part in ("inputs", "files")
        )
        return cls({int(name): key for name, key in inputs.items()}, files)


def _as_hex(keys: Mapping[Any, FileKey]) -> dict[str, str]:
    return {str(name): key.secret.hex() for name, key in keys.items()}


def write_outputs(folder: Path, files: Mapping[str, bytes], keys: Mapping[str, FileKey]) -> dict[str, str]:
    """Writes each file, sealed where it has a key; gives the digests of what was sealed, by name."""
    digests = {}
    for name, content in files.items():
        key = keys.get(name)
        if key is None:
            (folder / name).write_bytes(content)
            continue
        (folder / name).write_bytes(b"".join(seal_under(io.BytesIO(content), key)))
        digests[name] = key.digest_of(content)
    return digests


def read_sealed(path: Path, key: FileKey) -> bytes:
    """The plain bytes of a sealed file, proven to its end; raises the errors of `storage.age`."""
    with path.open("rb") as sealed:
        return b"".join(unseal(sealed, [KnownKey(key)]))


def checked_digests(files: Mapping[str, Path], keys: Mapping[str, FileKey], said: Any) -> dict[str, str]:
    """The digests that the child said of what it sealed, by name; raises `OutputRefused`.

    A file that the child wrote in the clear, or under another key, must never be posted. What is inside stays
    the child's: only the header is read here.
    """
    digests = said if isinstance(said, dict) else {}
    if digests.keys() != keys.keys():
        raise OutputRefused("the run did not seal the files that it was to seal")
    for name, key in keys.items():
        if not isinstance(digests[name], str) or not DIGEST_TEXT.fullmatch(digests[name]):
            raise OutputRefused(f"the run gave no digest of {name}")
        try:
            with files[name].open("rb") as sealed:
                key.check(read_header(sealed))
        except PermanentError as error:
            raise OutputRefused(f"{name} is not sealed with its key: {error.message}") from error
    return digests
