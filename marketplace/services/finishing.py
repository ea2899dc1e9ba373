"""How an upload in chunks is finished: a small one in the request that asks, a large one beside it.

A large file takes minutes, longer than a line or a proxy may wait. A thread of this process then does it, and
the row tells how far it is and how it ended. The sender's key is in memory alone: a kill leaves the chunks
sealed, and whoever has the key asks again.
"""

import threading
from contextlib import ExitStack

from django.db import connection
from django.views.decorators.debug import sensitive_variables
from typing_extensions import TypedDict

from common.errors import QommonsError
from marketplace.errors import BeingFinished, ParserBusy, UnreadableTable
from marketplace.models import FinishStep, Upload, UploadSession
from marketplace.parsing.runner import TOO_COSTLY
from marketplace.services.upload_sessions import (
    abandon_session,
    all_digests,
    check_key,
    check_not_refused,
    drop_chunks,
    finish_session,
    is_being_finished,
)
from marketplace.uploading.chunks import UploadKey

AT_ONCE_BYTES = 64 << 20
"""Read in seconds even by a slow machine; above it the request does not wait."""
THREADS = 2
_threads = threading.BoundedSemaphore(THREADS)


class Refusal(TypedDict):
    """Why an upload was not finished; after one that is final no other try helps."""

    code: str
    message: str
    is_final: bool


FAILED = Refusal(code="failed", message="the site failed while it finished the upload", is_final=False)


@sensitive_variables()
def finish_at_once(*, session: UploadSession, key: UploadKey) -> Upload:
    """The upload; what is no table of ours goes with its session, or it could be read again and again.

    Raises as `finish_session` does.
    """
    try:
        return finish_session(session=session, key=key)
    except UnreadableTable as refusal:
        if _is_final(refusal):
            abandon_session(session)
        raise


@sensitive_variables()
def finish_beside(*, session: UploadSession, key: UploadKey) -> None:
    """Has a thread finish the upload, where none is at it already; the session tells what becomes of it.

    Raises Conflict while chunks are missing, ParserBusy where this process finishes others, UnreadableTable
    where the file was refused for good.
    """
    check_key(session, key)
    check_not_refused(session)
    all_digests(session)
    if is_being_finished(session):
        return
    if not _threads.acquire(blocking=False):
        raise ParserBusy("other large files are being read; try again in a moment")
    with ExitStack() as place:
        place.callback(_threads.release)
        UploadSession.objects.filter(pk=session.pk).update(step=FinishStep.JOINING, refusal=None)
        threading.Thread(target=_finish, args=(session, key), name="finish-upload", daemon=True).start()
        place.pop_all()  # the thread gives it back


@sensitive_variables()
def _finish(session: UploadSession, key: UploadKey) -> None:
    try:
        _finish_and_tell(session, key)
    finally:
        _threads.release()


@sensitive_variables()
def _finish_and_tell(session: UploadSession, key: UploadKey) -> None:
    refusal: Refusal | None = FAILED
    try:
        finish_session(session=session, key=key)
        refusal = None
    except BeingFinished:
        refusal = None
    except QommonsError as error:
        refusal = Refusal(code=error.code, message=error.message, is_final=_is_final(error))
    finally:
        # One that broke stays so until it is closed, and the one who asked waits for this row.
        connection.close()
        if refusal is not None:
            _tell(session, refusal)


def _tell(session: UploadSession, refusal: Refusal) -> None:
    try:
        UploadSession.objects.filter(pk=session.pk).update(refusal=refusal, step="")
        if refusal["is_final"]:
            drop_chunks(session)
    finally:
        connection.close()


def _is_final(error: QommonsError) -> bool:
    """A busy machine reads slowly, so that being too costly may pass; no other table becomes readable."""
    return isinstance(error, UnreadableTable) and error.code != TOO_COSTLY
