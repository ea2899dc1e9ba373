"""The release service's keys. Every process may seal to it; only the service itself can open."""

import hashlib
from pathlib import Path

from django.conf import settings

from marketplace.errors import NoReleaseService
from storage.age.key_file import public_half, read_identities, read_recipient
from storage.age.keys import Identity, Recipient

KEY_NAME = "release-age"


def key_file() -> Path:
    """Where the identities lie: the first in use, older ones until every key is wrapped anew."""
    return Path(settings.KEYS_DIR) / f"{KEY_NAME}.key"


def release_recipient() -> Recipient:
    """To whom keys of private uploads are sealed; raises NoReleaseService where there is none."""
    if settings.RELEASE_RECIPIENT:
        return Recipient.parse(settings.RELEASE_RECIPIENT)
    file = public_half(key_file())
    if not file.exists():
        raise NoReleaseService("this site takes no private data: it has no release service")
    return read_recipient(file)


def release_identities() -> list[Identity]:
    """The secret keys. Called by the release service and by the command that rotates them, nowhere else."""
    return read_identities(key_file())


def keeper_of(recipient: Recipient) -> str:
    """A short name of a recipient, for finding what is wrapped for it."""
    return hashlib.sha256(str(recipient).encode()).hexdigest()
