"""Sealed files with their keys: kept, opened for a reader, wrapped for a recipient, destroyed."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from marketplace.errors import NotReleased
from marketplace.models import ContentKey, Keeping, ReleaseGrant, Upload
from marketplace.pins import keep_file
from marketplace.release.keys import keeper_of, release_identities, release_recipient
from marketplace.release.log import note
from marketplace.store import content_store
from storage.age.file_key import FileKey
from storage.age.files import SealedFile
from storage.age.keys import Recipient, wrapped_for
from storage.age.vault import KnownKey, key_in, rewrapped, seal_apart
from storage.cid import Cid
from storage.importer import import_stream
from storage.protocol import StoredFile
from storage.streams import PieceStream


@dataclass(frozen=True)
class KeptSealed:
    """A sealed file in the store. `sha256` is of its sealed bytes; the key is not saved yet.

    `note` goes in the transaction that gives the file an owner.
    """

    stored: StoredFile
    note: Keeping
    sha256: str
    key: ContentKey = field(repr=False)


@sensitive_variables()
def keep_sealed(file: IO[bytes], *, owner: str) -> KeptSealed:
    """Seals the owner's file under a fresh key and keeps it; a note of it is made before the store has it."""
    recipient = release_recipient()
    file.seek(0)
    sealed = seal_apart(file, [recipient])
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as copy:

        def note_chunk(chunk: memoryview) -> None:
            digest.update(chunk)
            copy.write(chunk)

        cid = import_stream(PieceStream(sealed.pieces), on_chunk=note_chunk).cid
        note_row = Keeping.objects.create(cid=str(cid))
        copy.seek(0)
        stored = keep_file(copy)
    key = ContentKey(cid=str(stored.cid), owner=owner, header=sealed.key_header, keeper=keeper_of(recipient))
    return KeptSealed(stored, note_row, digest.hexdigest(), key)


@sensitive_variables()
def key_of_result(cid: str, file_key: FileKey, *, job_id: int) -> ContentKey:
    """The key of a job's sealed file, for the release service alone; not saved yet."""
    recipient = release_recipient()
    header = wrapped_for(file_key, [recipient]).encode()
    return ContentKey(cid=cid, job_id=job_id, header=header, keeper=keeper_of(recipient))


@sensitive_variables()
def open_sealed(cid: str) -> SealedFile:
    """The sealed file, ready to be read; raises NotReleased where its key is gone. Service only."""
    store, parsed = content_store(), Cid.parse(cid)

    def source(offset: int, length: int) -> Iterator[bytes]:
        return store.open(parsed, offset=offset, length=length)

    return SealedFile(source, store.size(parsed), [KnownKey(_file_key(cid))])


def format_of(cid: str) -> str:
    """The format of the table inside a sealed file; raises NotReleased where it is none of ours."""
    upload = Upload.objects.filter(cid=cid, is_private=True).first()
    if upload is None:
        raise NotReleased
    found: str = upload.profile["format"]
    return found


@sensitive_variables()
def header_for(cid: str, recipient: Recipient) -> bytes:
    """A new header that gives this file's key to the recipient. Service only."""
    return wrapped_for(_file_key(cid), [recipient]).encode()


def erase(upload: Upload) -> None:
    """Destroys the key of a private upload and every grant of it; the log says when."""
    with transaction.atomic():
        ReleaseGrant.objects.filter(cid=upload.cid).delete()
        gone, _ = ContentKey.objects.filter(cid=upload.cid).delete()
        Upload.objects.filter(pk=upload.pk, erased_at=None).update(erased_at=timezone.now())
        if gone:
            note("erased", cid=upload.cid, owner=upload.owner.address)
    content_store().unpin(Cid.parse(upload.cid))


@sensitive_variables()
def wrap_anew(cid: str, recipient: Recipient) -> bool:
    """Moves one file's key to a newer recipient of the service; False where the key is gone meanwhile."""
    identities = release_identities()
    with transaction.atomic():
        row = ContentKey.objects.select_for_update().filter(cid=cid).first()
        if row is None:
            return False
        row.header = rewrapped(bytes(row.header), identities, [recipient])
        row.keeper = keeper_of(recipient)
        row.save()
    return True


@sensitive_variables()
def _file_key(cid: str) -> FileKey:
    row = ContentKey.objects.filter(cid=cid).first()
    if row is None:
        raise NotReleased
    return key_in(bytes(row.header), release_identities())
