"""A large upload is finished beside the request: it answers at once, and the session tells the rest."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.db import connection

from marketplace.models import FinishStep, Upload, UploadSession
from marketplace.parsing import runner
from marketplace.services import finishing
from storage.cid import raw_cid
from tests.integration.marketplace.acts import TABLE, ApiWallet, code_of
from tests.integration.marketplace.chunked import SESSIONS, finish, open_upload, put_chunk, send_missing

pytestmark = pytest.mark.django_db(transaction=True)
READ = "marketplace.services.uploads.profile_file"
PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def every_file_is_large(settings) -> Iterator[None]:
    settings.UPLOAD_MAX_BYTES = 32
    with mock.patch("marketplace.api.upload_sessions.AT_ONCE_BYTES", 0):
        yield
    for thread in threading.enumerate():
        if thread.name == "finish-upload":
            thread.join(PATIENCE_SECONDS)


def brought(wallet: ApiWallet, content: bytes = TABLE) -> dict[str, Any]:
    """A session with all its chunks."""
    session = open_upload(wallet.sign_in(), content)
    send_missing(wallet, session, content)
    return session


def ended(wallet: ApiWallet, session: dict[str, Any]) -> dict[str, Any]:
    """The session once it names an upload or a refusal."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        now = wallet.get(f"{SESSIONS}/{session['id']}").json()
        if now["upload_id"] or now["refusal"]:
            return now
        time.sleep(0.02)
    pytest.fail("the upload never ends")


def chunk_files() -> list[Path]:
    return list(Path(django_settings.UPLOAD_DIR).glob("*/*"))


class SlowReader:
    """Reads a table when it is let, and counts how often."""

    def __init__(self) -> None:
        self.has_begun, self.may_go_on, self.count = threading.Event(), threading.Event(), 0

    def __call__(self, *args: Any, **kwargs: Any) -> runner.ReadTable:
        self.count += 1
        self.has_begun.set()
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        return runner.profile_file(*args, **kwargs)


def test_large_upload_is_answered_at_once_tells_its_step_and_is_there_when_it_is_done(
    provider: ApiWallet,
) -> None:
    session, reader = brought(provider), SlowReader()
    with mock.patch(READ, reader):
        with mock.patch("marketplace.api.upload_sessions.is_being_finished", return_value=False):
            begun = finish(provider, session)  # as if its thread held no lock yet
        assert reader.has_begun.wait(PATIENCE_SECONDS)
        meanwhile = provider.get(f"{SESSIONS}/{session['id']}").json()
        again = finish(provider, session)
        reader.may_go_on.set()
        done = ended(provider, session)

    assert (begun.status_code, again.status_code, begun["Retry-After"]) == (202, 202, "2")
    assert begun.json()["step"] in {"joining", "reading"}
    assert (meanwhile["step"], meanwhile["upload_id"], again.json()["step"]) == ("reading", None, "reading")
    assert (done["step"], done["refusal"], reader.count) == ("", None, 1)
    upload = provider.get(f"uploads/{done['upload_id']}").json()
    assert (upload["cid"], upload["profile"]["rows"]) == (str(raw_cid(TABLE)), 3)
    assert (finish(provider, session).json()["cid"], chunk_files()) == (upload["cid"], [])


@pytest.mark.attack("S20")
def test_large_file_that_is_no_table_is_refused_for_good_in_words_and_makes_room_for_another(
    provider: ApiWallet, settings
) -> None:
    settings.UPLOAD_SESSION_MAX_BYTES = len(TABLE)
    content = b"\x80\x04pickle" + bytes(60)
    session = brought(provider, content)

    assert finish(provider, session).status_code == 202
    refusal = ended(provider, session)["refusal"]

    assert (refusal["code"], refusal["is_final"]) == ("unsupported_format", True)
    assert (chunk_files(), provider.get(SESSIONS).json()["results"]) == ([], [])
    for again in (put_chunk(provider, session, 0, content[:32]), finish(provider, session)):
        assert (again.status_code, code_of(again), chunk_files()) == (422, "unsupported_format", [])
    assert finish(provider, brought(provider)).status_code == 202


@pytest.mark.fault("F27")
def test_large_upload_that_met_a_full_disk_keeps_its_chunks_and_is_finished_when_asked_again(
    provider: ApiWallet,
) -> None:
    session = brought(provider)
    with mock.patch("storage.local.disk.shutil.disk_usage", return_value=mock.Mock(free=1000)):
        finish(provider, session)
        refusal = ended(provider, session)["refusal"]

    assert (refusal["code"], refusal["is_final"], len(chunk_files())) == ("no_room", False, 3)
    assert finish(provider, session).json()["refusal"] is None
    assert ended(provider, session)["upload_id"] == str(Upload.objects.get().pk)


def fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("a bug of ours")


def lose_the_database(*_: Any, **__: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.fault("F20")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("fault", [fail, lose_the_database])
def test_thread_that_fails_unforeseen_is_told_and_gives_its_place_back(
    provider: ApiWallet, fault: Callable[..., None]
) -> None:
    session = brought(provider)
    for _ in range(finishing.THREADS + 1):
        with mock.patch(READ, fault):
            assert finish(provider, session).status_code == 202
            assert ended(provider, session)["refusal"] == finishing.FAILED
        for thread in threading.enumerate():
            if thread.name == "finish-upload":
                thread.join(PATIENCE_SECONDS)

    finish(provider, session)
    assert ended(provider, session)["upload_id"]


def test_thread_that_cannot_begin_holds_no_place(provider: ApiWallet) -> None:
    session = brought(provider)
    for _ in range(finishing.THREADS + 1):
        with (
            mock.patch.object(threading.Thread, "start", side_effect=RuntimeError("can't start new thread")),
            pytest.raises(RuntimeError, match="new thread"),
        ):
            finish(provider, session)

    finish(provider, session)
    assert ended(provider, session)["upload_id"]


@pytest.mark.fault("F20")
def test_step_that_a_killed_process_left_is_told_to_nobody_and_asking_again_finishes(
    provider: ApiWallet,
) -> None:
    session = brought(provider)
    UploadSession.objects.update(step=FinishStep.READING)

    assert provider.get(f"{SESSIONS}/{session['id']}").json()["step"] == ""
    assert finish(provider, session).status_code == 202
    assert ended(provider, session)["upload_id"]


def test_what_is_missing_or_wrong_is_refused_at_once_and_so_is_one_upload_too_many(
    provider: ApiWallet,
) -> None:
    unfinished = open_upload(provider.sign_in(), TABLE)
    stolen = finish(provider, unfinished, **{"Upload-Key": "A" * 43 + "="})
    lacking = finish(provider, unfinished)
    reader, sessions = SlowReader(), [brought(provider) for _ in range(finishing.THREADS + 1)]
    with mock.patch(READ, reader):
        answers = [finish(provider, session) for session in sessions]
        reader.may_go_on.set()
        first = [ended(provider, session)["upload_id"] for session in sessions[:-1]]

    assert (stolen.status_code, code_of(stolen)) == (403, "wrong_upload_key")
    assert (lacking.status_code, code_of(lacking)) == (409, "chunks_missing")
    assert [answer.status_code for answer in answers] == [202, 202, 503]
    assert all(first)
