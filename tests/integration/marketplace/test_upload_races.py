"""Two requests about one upload at the same moment: one loses in words, and nothing is left behind."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import User
from marketplace.models import ContentKey, Keeping, Upload, UploadChunk, UploadSession
from marketplace.selectors.uploads import find_session
from marketplace.services.upload_sessions import abandon_session, sweep_uploads
from marketplace.store import content_store
from marketplace.uploading.chunks import ChunkFolder
from storage.local.garbage import collect_garbage
from storage.local.store import LocalStore
from storage.protocol import StoredFile
from tests.integration.marketplace.acts import TABLE, ApiWallet, code_of
from tests.integration.marketplace.chunked import SESSIONS, finish, open_upload, put_chunk, send_missing
from tests.integration.marketplace.private import make_release_key

PIECES = [TABLE[start : start + 32] for start in range(0, len(TABLE), 32)]
PATIENCE_SECONDS = 20


@pytest.fixture(autouse=True)
def small_chunks(settings) -> None:
    settings.UPLOAD_MAX_BYTES = 32


def dropped_by_another(owner: User, session_id: Any) -> UploadSession:
    """The session as a request finds it; before it does anything, another request drops it."""
    session = find_session(owner, session_id)
    abandon_session(UploadSession.objects.get(pk=session.pk))
    return session


def files_of_uploads() -> list[Path]:
    return list(Path(django_settings.UPLOAD_DIR).glob("*/*"))


@pytest.mark.fault("F20")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        finish,
        lambda wallet, session: put_chunk(wallet, session, 2, PIECES[2]),
        lambda wallet, session: wallet.client.delete(
            f"/api/v1/{SESSIONS}/{session['id']}", headers=wallet._csrf()
        ),
    ],
    ids=["finish", "chunk", "drop"],
)
def test_request_whose_upload_another_drops_meanwhile_is_told_so_and_leaves_no_file(
    provider: ApiWallet, act: Callable[[ApiWallet, dict[str, Any]], HttpResponse]
) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    send_missing(provider, session, TABLE)
    UploadChunk.objects.filter(number=2).delete()

    with mock.patch("marketplace.api.upload_sessions.find_session", dropped_by_another):
        answer = act(provider, session)

    if answer.status_code != 204:
        assert (answer.status_code, code_of(answer)) == (404, "not_found")
    assert (UploadSession.objects.count(), UploadChunk.objects.count(), files_of_uploads()) == (0, 0, [])


@pytest.mark.fault("F20")
@pytest.mark.django_db
@pytest.mark.parametrize("choice", [{}, {"visibility": "private", "shown": ["columns", "mock"]}])
def test_upload_dropped_while_it_is_kept_leaves_no_row_and_nothing_in_the_store(
    provider: ApiWallet, settings, tmp_path: Path, choice: dict[str, Any]
) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()
    session = open_upload(provider.sign_in(), TABLE, **choice)
    send_missing(provider, session, TABLE)
    keep = LocalStore.add_file

    def kept_and_dropped(store: LocalStore, content: Any) -> StoredFile:
        stored = keep(store, content)
        for row in UploadSession.objects.all():
            abandon_session(row)
        return stored

    with mock.patch.object(LocalStore, "add_file", kept_and_dropped):
        answer = finish(provider, session)

    assert (answer.status_code, code_of(answer)) == (404, "not_found")
    assert (Upload.objects.count(), ContentKey.objects.count()) == (0, 0)
    sweep_uploads(timezone.now() + timedelta(hours=13))
    collect_garbage(content_store(), grace_seconds=0, now=0)
    assert (list(content_store().layout.roots()), Keeping.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_sweep_leaves_an_upload_whose_chunks_are_being_joined(provider: ApiWallet) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    send_missing(provider, session, TABLE)
    UploadSession.objects.update(touched_at=timezone.now() - timedelta(hours=23))
    read = ChunkFolder.read

    def swept_and_read(folder: ChunkFolder, *what: Any) -> bytes:
        sweep_uploads(timezone.now() + timedelta(hours=2))
        return read(folder, *what)

    with mock.patch.object(ChunkFolder, "read", swept_and_read):
        assert finish(provider, session).status_code == 201


@pytest.mark.fault("F20")
@pytest.mark.django_db(transaction=True)
def test_upload_dropped_while_a_chunk_is_noted_waits_for_the_chunk_and_goes_with_it(
    provider: ApiWallet,
) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    row = UploadSession.objects.get(pk=session["id"])
    dropping = threading.Thread(target=in_own_connection, args=(lambda: abandon_session(row),))
    note = UploadChunk.objects.get_or_create

    def noted_while_another_waits(**facts: Any) -> Any:
        dropping.start()
        wait_until_somebody_waits_for_a_lock()
        return note(**facts)

    with mock.patch.object(UploadChunk.objects, "get_or_create", noted_while_another_waits):
        answer = put_chunk(provider, session, 0, PIECES[0])
    dropping.join(PATIENCE_SECONDS)

    assert answer.status_code == 200, answer.content
    assert (UploadSession.objects.count(), UploadChunk.objects.count(), files_of_uploads()) == (0, 0, [])


def in_own_connection(act: Callable[[], None]) -> None:
    with closing(connection):
        act()


def wait_until_somebody_waits_for_a_lock() -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    pytest.fail("nobody waits for the chunk")
