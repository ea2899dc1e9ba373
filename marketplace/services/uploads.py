"""Takes a file from a wallet: read by a child process, kept in the content store, remembered as a row."""

import csv
import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass
from typing import IO

import structlog
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from common.errors import Conflict
from common.formulas import without_formula
from marketplace.errors import NoSuchUpload, UnreadableTable
from marketplace.models import FinishStep, Keeping, Upload, UploadSession
from marketplace.parsing.runner import profile_file
from marketplace.pins import keep_file
from marketplace.profile import Profile, read_profile
from marketplace.release.files import erase, keep_sealed
from marketplace.rules.disclosure import Shown, disclosed, mock_rows
from marketplace.store import content_store
from marketplace.uploading.room import check_room_at_places
from storage.importer import import_stream

log = structlog.get_logger()
MAX_FILE_NAME_CHARS = 200


@dataclass(frozen=True)
class BroughtFile:
    """A file in our hands, whole; `name` is what the sender calls it, `session` the one that brought it."""

    content: IO[bytes]
    name: str
    size_bytes: int
    session: UploadSession | None = None

    def is_at(self, step: FinishStep) -> None:
        """Notes for who waits what is done with it now; raises as `belongs_to` does."""
        self._note(step=step)

    def belongs_to(self, upload: Upload) -> None:
        """Notes what became of the session; raises NoSuchUpload where it was dropped meanwhile."""
        self._note(upload=upload, step="", refusal=None)

    def _note(self, **facts: object) -> None:
        if self.session is None:
            return
        if not UploadSession.objects.filter(pk=self.session.pk).update(**facts):
            raise NoSuchUpload


def take_upload(*, owner: User, file: BroughtFile) -> tuple[Upload, bool]:
    """The upload, and whether it is new: the same bytes of the same wallet are one upload.

    Nothing is kept of a file that is refused. Raises UnreadableTable, ParserBusy, StoreFull.
    """
    check_room_at_places(file.size_bytes, is_private=False)
    profile, sketch = _profile_of(file)
    digest = hashlib.sha256()
    note = Keeping.objects.create(cid=str(import_stream(file.content, on_chunk=digest.update).cid))
    file.content.seek(0)
    stored = keep_file(file.content)
    with transaction.atomic():
        note.delete()
        upload, is_new = Upload.objects.get_or_create(
            owner=owner,
            cid=str(stored.cid),
            defaults={
                "file_name": display_name(file.name),
                "codec": stored.cid.codec,
                "content_digest": stored.cid.digest_hex,
                "sha256": digest.hexdigest(),
                "size_bytes": stored.size,
                "profile": profile.model_dump(mode="json"),
                "row_sketch": sketch,
            },
        )
        file.belongs_to(upload)
    log.info("upload_taken", upload=upload.pk, cid=upload.cid, size_bytes=stored.size, is_new=is_new)
    return upload, is_new


@sensitive_variables()
def take_private_upload(*, owner: User, file: BroughtFile, shown: Collection[Shown]) -> Upload:
    """A new upload, sealed under a key of its own; of its profile only what is `shown` is kept.

    Raises as `take_upload` does, and NoReleaseService.
    """
    check_room_at_places(file.size_bytes, is_private=True)
    profile, _ = _profile_of(file, is_private=True)
    kept = keep_sealed(file.content, owner=owner.address)
    stored = kept.stored
    mock = _keep_mock(profile) if Shown.MOCK in shown and Shown.COLUMNS in shown else None
    with transaction.atomic():
        kept.note.delete()
        if mock is not None:
            mock.delete()
        kept.key.save()
        upload = Upload.objects.create(
            owner=owner,
            cid=str(stored.cid),
            file_name=display_name(file.name),
            codec=stored.cid.codec,
            content_digest=stored.cid.digest_hex,
            sha256=kept.sha256,
            size_bytes=stored.size,
            profile=disclosed(profile, shown).model_dump(mode="json"),
            is_private=True,
            mock_cid=mock.cid if mock is not None else "",
        )
        file.belongs_to(upload)
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


def _profile_of(file: BroughtFile, *, is_private: bool = False) -> tuple[Profile, list[int]]:
    """The profile, and the sketch of the rows, which stays with us."""
    if file.size_bytes == 0:
        raise UnreadableTable("the file is empty", field="file", code="empty_file")
    file.is_at(FinishStep.READING)
    found = profile_file(file.content, is_private=is_private)
    profile = read_profile(found.profile)
    file.is_at(FinishStep.KEEPING)
    return profile, found.row_sketch


def _keep_mock(profile: Profile) -> Keeping:
    """Keeps a CSV file of made-up rows; the note of it goes in the transaction that gives it an owner."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([without_formula(column.name) for column in profile.columns])
    writer.writerows(mock_rows(profile))
    content = lines.getvalue().encode()
    note = Keeping.objects.create(cid=str(import_stream(io.BytesIO(content)).cid))
    content_store().add_file(io.BytesIO(content))
    return note
