"""Large files in chunks: opened, filled in any order and by any process, finished into an upload, swept."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from common.errors import Conflict, InvalidInput, NotAllowed, RetryableError
from common.locks import held_alone, is_held
from marketplace.errors import BeingFinished, NoSuchUpload, UnreadableTable, UploadTooLarge
from marketplace.models import DatasetVersion, FinishStep, Keeping, Upload, UploadChunk, UploadSession
from marketplace.rules.disclosure import Shown
from marketplace.selectors.uploads import under_way
from marketplace.services.uploads import BroughtFile, display_name, take_private_upload, take_upload
from marketplace.store import content_store
from marketplace.uploading.chunks import ChunkFolder, ChunkLost, UploadKey
from marketplace.uploading.room import check_room_for_chunk, check_room_to_come, check_room_to_keep
from storage.cid import Cid
from storage.errors import PinRefused
from storage.local.disk import writing_to

log = structlog.get_logger()
CHUNK_BYTES = 4 << 20
MOST_OPEN = 5
NOTES_OLD_AFTER = timedelta(hours=12)
"""Longer than gigabytes take on their way to every place; a note that is younger may be at work."""


def open_session(
    *, owner: User, file_name: str, size_bytes: int, shown: set[Shown] | None
) -> tuple[UploadSession, UploadKey]:
    """A session for a file of this size, and the key that its sender must keep.

    `shown`: which parts of a private profile may be seen; None for public data.
    """
    if size_bytes > settings.UPLOAD_SESSION_MAX_BYTES:
        raise UploadTooLarge(limit_bytes=settings.UPLOAD_SESSION_MAX_BYTES, size_bytes=size_bytes)
    if size_bytes < 1:
        raise InvalidInput("the file is empty", field="size_bytes", code="empty_file")
    _check_open_ones(owner, size_bytes)
    check_room_to_come(size_bytes, is_private=shown is not None)
    key = UploadKey.fresh()
    session = UploadSession.objects.create(
        owner=owner,
        key_proof=key.proof,
        file_name=display_name(file_name),
        size_bytes=size_bytes,
        chunk_bytes=min(CHUNK_BYTES, settings.UPLOAD_MAX_BYTES),
        is_private=shown is not None,
        shown=sorted(shown or ()),
    )
    return session, key


@sensitive_variables()
def take_chunk(
    *, session: UploadSession, key: UploadKey, number: int, content: bytes, digest: str
) -> UploadChunk:
    """Keeps one chunk, on the disk before it is told; the same chunk again changes nothing.

    digest: sha256 as the sender knows it. Raises InvalidInput where length or hash differ, Conflict where
    this chunk came with other bytes before, UnreadableTable where the file was refused for good.
    """
    _check_open(session, key)
    if not 0 <= number < session.chunk_count:
        raise InvalidInput(f"there are {session.chunk_count:,} chunks, numbered from 0", field="number")
    wanted = session.bytes_of_chunk(number)
    if len(content) != wanted:
        raise InvalidInput(
            f"chunk {number} has {len(content):,} bytes; it must have {wanted:,}", field="body"
        )
    if hashlib.sha256(content).hexdigest() != digest:
        raise InvalidInput(
            f"chunk {number} is not what its digest says: send it again", field="body", code="digest_mismatch"
        )
    known = UploadChunk.objects.filter(session=session, number=number).first()
    if known is not None and known.sha256 != digest:
        raise Conflict(
            f"chunk {number} came before with other bytes: is it the same file?", code="other_file"
        )
    check_room_for_chunk(len(content))
    folder = ChunkFolder(settings.UPLOAD_DIR, session.pk)
    folder.write(number, content, key)
    with transaction.atomic():
        # The write holds the row, so that nobody drops the session before its chunk is noted.
        if not UploadSession.objects.filter(pk=session.pk).update(touched_at=timezone.now()):
            folder.remove()
            raise NoSuchUpload
        chunk, _ = UploadChunk.objects.get_or_create(
            session=session, number=number, defaults={"sha256": digest}
        )
    return chunk


@sensitive_variables()
def finish_session(*, session: UploadSession, key: UploadKey) -> Upload:
    """The upload that the chunks make; finishing again gives the same one.

    Raises Conflict while chunks are missing or another request finishes it, and as `take_upload` does.
    """
    check_key(session, key)
    with _alone(session):
        try:
            session.refresh_from_db()
        except UploadSession.DoesNotExist as gone:
            raise NoSuchUpload from gone
        upload = session.upload
        if upload is None:
            check_room_to_keep(session.size_bytes, is_private=session.is_private)
            with writing_to(settings.UPLOAD_DIR), tempfile.TemporaryFile() as whole:
                _assemble(session, key, whole)
                upload = _taken(session, BroughtFile(whole, session.file_name, session.size_bytes, session))
        drop_chunks(session)
    return upload


def abandon_session(session: UploadSession) -> None:
    """Forgets an upload that nobody will finish, and what came of it."""
    folder = ChunkFolder(settings.UPLOAD_DIR, session.pk)
    with transaction.atomic():
        # Locked first: a chunk that comes at this moment waits, and finds the session gone.
        UploadSession.objects.select_for_update().filter(pk=session.pk).first()
        session.delete()
    folder.remove()


def is_being_finished(session: UploadSession) -> bool:
    """Whether any process is at it now, whatever step a killed one left in the row."""
    return bool(session.step) and is_held(_lock_of(session))


def all_digests(session: UploadSession) -> dict[int, str]:
    """The sha256 of each chunk by its number; raises Conflict while one is missing."""
    digests = dict(session.chunks.values_list("number", "sha256"))
    missing = [number for number in range(session.chunk_count) if number not in digests]
    if missing:
        raise Conflict(
            f"{len(missing):,} of {session.chunk_count:,} chunks have not come, the first is {missing[0]}",
            code="chunks_missing",
        )
    return digests


def drop_chunks(session: UploadSession) -> None:
    """Removes the chunks from the disk, then their rows."""
    ChunkFolder(settings.UPLOAD_DIR, session.pk).remove()
    UploadChunk.objects.filter(session=session).delete()


def sweep_uploads(now: datetime) -> int:
    """Removes what nobody came back for, and orphans that kills left in the store; gives how many of both."""
    swept = 0
    for session in UploadSession.objects.filter(
        touched_at__lt=now - timedelta(hours=settings.UPLOAD_SESSION_HOURS)
    ):
        abandon_session(session)
        swept += 1
    _remove_folders_without_session()
    for note in Keeping.objects.filter(created_at__lt=now - NOTES_OLD_AFTER):
        try:
            _let_go_of_orphan(Cid.parse(note.cid))
        except (RetryableError, PinRefused) as error:
            log.warning("orphan_kept", cid=note.cid, code=error.code)
            continue
        note.delete()
        swept += 1
    if swept:
        log.info("uploads_swept", count=swept)
    return swept


def _check_open_ones(owner: User, size_bytes: int) -> None:
    """One wallet has few uploads open, and together no more bytes than one file may have."""
    mine = under_way(owner).aggregate(count=Count("pk"), size_bytes=Sum("size_bytes", default=0))
    if mine["count"] >= MOST_OPEN:
        raise Conflict(
            f"{MOST_OPEN} uploads of yours are open: finish or drop one first", code="too_many_open"
        )
    together, most = mine["size_bytes"] + size_bytes, settings.UPLOAD_SESSION_MAX_BYTES
    if together > most:
        raise Conflict(
            f"with this one your open uploads have {together:,} bytes; {most:,} is the limit: finish or drop "
            "one first",
            code="too_much_open",
        )


def _remove_folders_without_session() -> None:
    """Folders are looked at before rows, since a row is there before its folder."""
    folders = list(settings.UPLOAD_DIR.iterdir()) if settings.UPLOAD_DIR.is_dir() else []
    known = {str(pk) for pk in UploadSession.objects.filter(upload=None).values_list("pk", flat=True)}
    for folder in folders:
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)


def _let_go_of_orphan(cid: Cid) -> None:
    """Unpins what no upload and no dataset has; the store collects it after its grace time."""
    is_needed = (
        Upload.objects.filter(Q(cid=str(cid)) | Q(mock_cid=str(cid))).exists()
        or DatasetVersion.objects.filter(content_digest=cid.digest_hex).exists()
    )
    if not is_needed:
        content_store().unpin(cid)


def _taken(session: UploadSession, file: BroughtFile) -> Upload:
    if session.is_private:
        shown = {Shown(word) for word in session.shown}
        return take_private_upload(owner=session.owner, file=file, shown=shown)
    upload, _ = take_upload(owner=session.owner, file=file)
    return upload


@sensitive_variables()
def _assemble(session: UploadSession, key: UploadKey, whole: IO[bytes]) -> None:
    """Writes the chunks in order into a file that has no name, and rewinds it."""
    digests = all_digests(session)
    # Touched, or a sweep could take the chunks while they are read.
    UploadSession.objects.filter(pk=session.pk).update(step=FinishStep.JOINING, touched_at=timezone.now())
    folder = ChunkFolder(settings.UPLOAD_DIR, session.pk)
    for number in range(session.chunk_count):
        try:
            whole.write(folder.read(number, digests[number], key))
        except ChunkLost as error:
            session.chunks.filter(number=number).delete()
            raise Conflict(
                f"chunk {number} is damaged on our disk: send it again", code="chunks_missing"
            ) from error
    whole.seek(0)


def _check_open(session: UploadSession, key: UploadKey) -> None:
    check_key(session, key)
    if session.upload_id is not None:
        raise Conflict("this upload is finished", code="upload_finished")
    check_not_refused(session)


def check_not_refused(session: UploadSession) -> None:
    """Raises UnreadableTable where the file was refused for good: it counts as open no longer."""
    if session.refusal is not None and session.refusal["is_final"]:
        raise UnreadableTable(session.refusal["message"], field="file", code=session.refusal["code"])


def check_key(session: UploadSession, key: UploadKey) -> None:
    """Raises NotAllowed where it is not the key of this upload."""
    if not key.is_proved_by(session.key_proof):
        raise NotAllowed("the upload key is not the one of this upload", code="wrong_upload_key")


@contextmanager
def _alone(session: UploadSession) -> Iterator[None]:
    """Only one request finishes a session."""
    with held_alone(_lock_of(session)) as is_mine:
        if not is_mine:
            raise BeingFinished
        yield


def _lock_of(session: UploadSession) -> str:
    return f"upload:{session.pk}"
