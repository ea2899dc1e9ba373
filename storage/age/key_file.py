"""Key files: identities that only their owner may read, and the public recipient beside them."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from storage.age.errors import InvalidKey
from storage.age.keys import Identity, Recipient, parse_identities

PRIVATE = 0o600
PUBLIC = 0o644


def read_identities(file: Path) -> list[Identity]:
    """The identities in the file, the first in use; raises InvalidKey where others may read it too."""
    try:
        mode = file.stat().st_mode
        text = file.read_text()
    except OSError as error:
        raise InvalidKey(f"the key file {file.name} cannot be read") from error
    if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise InvalidKey(f"the key file {file.name} is readable by others: chmod 600 it")
    return parse_identities(text)


def read_recipient(file: Path) -> Recipient:
    """The one recipient in the file."""
    try:
        text = file.read_text()
    except OSError as error:
        raise InvalidKey(f"the recipient {file.name} cannot be read") from error
    return Recipient.parse(text.strip())


def ensure_identity(file: Path) -> Recipient:
    """The recipient of the file's first identity; made, with its public half beside it, where there is none.

    The public half has the same name and ends in .pub.
    """
    with suppress(FileExistsError):
        _write_new(file, _key_text([Identity.generate()]))
    recipient = read_identities(file)[0].recipient
    if not public_half(file).exists():
        _replace(public_half(file), f"{recipient}\n", PUBLIC)
    return recipient


def write_identities(file: Path, identities: Sequence[Identity]) -> None:
    """Puts these in the place of the file's identities; the public half follows the first."""
    _replace(file, _key_text(identities), PRIVATE)
    _replace(public_half(file), f"{identities[0].recipient}\n", PUBLIC)


def public_half(file: Path) -> Path:
    """Where the recipient of a key file lies."""
    return file.with_suffix(".pub")


def _key_text(identities: Sequence[Identity]) -> str:
    return "".join(f"{identity.reveal()}\n" for identity in identities)


def _write_new(file: Path, text: str) -> None:
    """Linked into place whole, so that nobody reads half a key; raises FileExistsError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(file, text, PRIVATE)
    try:
        os.link(draft, file)
    finally:
        draft.unlink()


def _replace(file: Path, text: str, mode: int) -> None:
    _draft(file, text, mode).replace(file)


def _draft(file: Path, text: str, mode: int) -> Path:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    return draft
