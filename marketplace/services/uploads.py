"""Takes a file from a wallet: read by a child process, kept in the content store, remembered as a row."""

import hashlib
from typing import IO

import structlog
from django.conf import settings
from django.db import transaction

from accounts.models import User
from marketplace.errors import UnreadableTable, UploadTooLarge
from marketplace.models import Upload
from marketplace.parsing.runner import profile_file
from marketplace.profile import read_profile
from marketplace.store import content_store

log = structlog.get_logger()
HASH_CHUNK_BYTES = 1 << 20
MAX_FILE_NAME_CHARS = 200


def take_upload(*, owner: User, file: IO[bytes], file_name: str, size_bytes: int) -> tuple[Upload, bool]:
    """The upload, and whether it is new: the same bytes of the same wallet are one upload.

    Nothing is kept of a file that is refused. Raises UploadTooLarge, UnreadableTable, ParserBusy.
    """
    if size_bytes > settings.UPLOAD_MAX_BYTES:
        raise UploadTooLarge(limit_bytes=settings.UPLOAD_MAX_BYTES, size_bytes=size_bytes)
    if size_bytes == 0:
        raise UnreadableTable("the file is empty", field="file", code="empty_file")
    profile = read_profile(profile_file(file))
    sha256 = _sha256(file)
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


def display_name(file_name: str) -> str:
    """The last part of the sender's name for the file, printable and short; it names no path of ours.

    >>> display_name("../../etc/<b>.csv")
    '<b>.csv'
    """
    last = file_name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(character for character in last if character.isprintable()).strip(" .")
    return kept[-MAX_FILE_NAME_CHARS:] or "table.csv"


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(HASH_CHUNK_BYTES):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
