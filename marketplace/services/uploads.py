"""Takes a file from a wallet: read by a child process, kept in the content store, remembered as a row."""

import csv
import hashlib
import io
from collections.abc import Collection, Iterable
from typing import IO

import structlog
from django.conf import settings
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from common.errors import Conflict
from marketplace.errors import UnreadableTable, UploadTooLarge
from marketplace.models import Upload
from marketplace.parsing.runner import profile_file
from marketplace.profile import Profile, read_profile
from marketplace.release.files import erase, keep_sealed
from marketplace.rules.disclosure import Shown, disclosed, mock_rows
from marketplace.store import content_store

log = structlog.get_logger()
HASH_CHUNK_BYTES = 1 << 20
MAX_FILE_NAME_CHARS = 200


def take_upload(*, owner: User, file: IO[bytes], file_name: str, size_bytes: int) -> tuple[Upload, bool]:
    """The upload, and whether it is new: the same bytes of the same wallet are one upload.

    Nothing is kept of a file that is refused. Raises UploadTooLarge, UnreadableTable, ParserBusy.
    """
    profile = _profile_of(file, size_bytes)
    sha256 = _sha256_of_pieces(iter(lambda: file.read(HASH_CHUNK_BYTES), b""))
    file.seek(0)
    stored = content_store().add_file(file)
    with transaction.atomic():
        upload, is_new = Upload.objects.get_or_create(
            owner=owner,
            cid=str(stored.cid),
            defaults={
                "file_name": display_name(file_name),
                "codec": stored.cid.codec,
                "content_digest": stored.cid.digest_hex,
                "sha256": sha256,
                "size_bytes": stored.size,
                "profile": profile.model_dump(mode="json"),
            },
        )
    log.info("upload_taken", upload=upload.pk, cid=upload.cid, size_bytes=stored.size, is_new=is_new)
    return upload, is_new


@sensitive_variables()
def take_private_upload(
    *, owner: User, file: IO[bytes], file_name: str, size_bytes: int, shown: Collection[Shown]
) -> Upload:
    """A new upload, sealed under a key of its own; of its profile only what is `shown` is kept.

    Raises as `take_upload` does, and NoReleaseService.
    """
    profile = _profile_of(file, size_bytes)
    stored, key = keep_sealed(file)
    mock = _keep_mock(profile) if Shown.MOCK in shown and Shown.COLUMNS in shown else ""
    with transaction.atomic():
        key.save()
        upload = Upload.objects.create(
            owner=owner,
            cid=str(stored.cid),
            file_name=display_name(file_name),
            codec=stored.cid.codec,
            content_digest=stored.cid.digest_hex,
            sha256=_sha256_of_pieces(content_store().open(stored.cid)),
            size_bytes=stored.size,
            profile=disclosed(profile, shown).model_dump(mode="json"),
            is_private=True,
            mock_cid=mock,
        )
    log.info("private_upload_taken", upload=upload.pk, cid=upload.cid, size_bytes=stored.size)
    return upload


def erase_upload(upload: Upload) -> Upload:
    """Destroys the key of a private upload; may be repeated."""
    if not upload.is_private:
        raise Conflict("this upload is public: there is no key to destroy")
    erase(upload)
    upload.refresh_from_db()
    return upload


def display_name(file_name: str) -> str:
    """The last part of the sender's name for the file, printable and short; it names no path of ours.

    >>> display_name("../../etc/<b>.csv")
    '<b>.csv'
    """
    last = file_name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(character for character in last if character.isprintable()).strip(" .")
    return kept[-MAX_FILE_NAME_CHARS:] or "table.csv"


def _profile_of(file: IO[bytes], size_bytes: int) -> Profile:
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise UploadTooLarge(limit_bytes=settings.UPLOAD_MAX_BYTES, size_bytes=size_bytes)
    if size_bytes == 0:
        raise UnreadableTable("the file is empty", field="file", code="empty_file")
    return read_profile(profile_file(file))


def _keep_mock(profile: Profile) -> str:
    """The CID of a CSV file of made-up rows."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([column.name for column in profile.columns])
    writer.writerows(mock_rows(profile))
    return str(content_store().add_file(io.BytesIO(lines.getvalue().encode())).cid)


def _sha256_of_pieces(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
