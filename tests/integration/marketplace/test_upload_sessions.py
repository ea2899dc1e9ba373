"""Large files in chunks: in any order, again and again, with lies, and killed at every step."""

import base64
import hashlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.models import ContentKey, Keeping, Upload, UploadSession
from marketplace.parsing.limits import ChildLimits
from marketplace.services import upload_sessions
from marketplace.services.upload_sessions import finish_session, sweep_uploads, take_chunk
from marketplace.store import content_store
from marketplace.tasks import sweep
from marketplace.uploading.chunks import UploadKey
from storage.age.files import unseal
from storage.age.key_file import read_identities
from storage.age.vault import KnownKey, key_in
from storage.cid import Cid, raw_cid
from storage.local.garbage import collect_garbage
from storage.streams import PieceStream
from tests.integration.marketplace.acts import TABLE, ApiWallet, code_of
from tests.integration.marketplace.chunked import SESSIONS, finish, open_upload, put_chunk, send_missing
from tests.integration.marketplace.private import make_release_key, upload_privately

pytestmark = pytest.mark.django_db
PIECES = [TABLE[start : start + 32] for start in range(0, len(TABLE), 32)]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def small_chunks(settings, tmp_path: Path) -> None:
    settings.UPLOAD_MAX_BYTES = 32
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()


def chunk_files() -> list[Path]:
    return [path for path in Path(django_settings.UPLOAD_DIR).rglob("*") if path.is_file()]


def test_chunks_in_any_order_and_twice_make_the_upload_that_one_request_makes(provider: ApiWallet) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    for number in [2, 0, 1, 0]:
        answer = put_chunk(provider, session, number, PIECES[number])
        assert answer.status_code == 200, answer.content

    done, again = finish(provider, session), finish(provider, session)

    assert (done.status_code, done.json()["cid"]) == (201, str(raw_cid(TABLE)))
    assert (done.json()["file_name"], done.json()["profile"]["rows"]) == ("ward-7.csv", 3)
    assert again.json() == done.json()
    assert Upload.objects.get().sha256 == done.json()["content_digest"][2:]
    assert (chunk_files(), Keeping.objects.count()) == ([], 0)
    assert provider.get(SESSIONS).json()["results"] == []


def test_reload_learns_which_chunks_are_here_and_sends_the_rest(provider: ApiWallet) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    put_chunk(provider, session, 1, PIECES[1])

    [known] = provider.get(SESSIONS).json()["results"]

    assert "upload_key" not in known
    assert [chunk["number"] for chunk in known["received"]] == [1]
    assert send_missing(provider, session, TABLE) == [0, 2]
    assert finish(provider, session).status_code == 201


def test_list_of_uploads_asks_as_often_for_many_as_for_one(provider: ApiWallet) -> None:
    asked = []
    for _ in range(2):
        put_chunk(provider, open_upload(provider.sign_in(), TABLE), 0, PIECES[0])
        with CaptureQueriesContext(connection) as queries:
            listed = provider.get(SESSIONS).json()["results"]
        asked.append(len(queries))

    assert [[chunk["number"] for chunk in session["received"]] for session in listed] == [[0], [0]]
    assert asked[0] == asked[1]


def test_private_chunks_lie_sealed_and_the_kept_file_opens_with_the_release_key(
    provider: ApiWallet, content_folder: Path
) -> None:
    session = open_upload(provider.sign_in(), TABLE, visibility="private", shown=["columns"])
    send_missing(provider, session, TABLE)
    on_disk = b"".join(path.read_bytes() for path in chunk_files())
    key = session["upload_key"].encode()

    upload = finish(provider, session).json()

    assert (upload["is_private"], upload["profile"]["rows"]) == (True, None)
    assert opened(upload["cid"]) == TABLE
    kept = b"".join(path.read_bytes() for path in content_folder.rglob("*") if path.is_file())
    for secret in (b"malignant", b"17.99", b"texture", key):
        assert secret not in on_disk + kept


def opened(cid: str) -> bytes:
    identities = read_identities(Path(django_settings.KEYS_DIR) / "release-age.key")
    file_key = key_in(bytes(ContentKey.objects.get(cid=cid).header), identities)
    return b"".join(unseal(PieceStream(content_store().open(Cid.parse(cid))), [KnownKey(file_key)]))


@pytest.mark.parametrize(
    ("number", "content", "headers", "refusal"),
    [
        (0, PIECES[0][:-1], {}, (422, "invalid_input")),
        (0, PIECES[0] + b"x", {}, (422, "invalid_input")),
        (2, PIECES[0], {}, (422, "invalid_input")),
        (3, PIECES[0], {}, (422, "invalid_input")),
        (0, PIECES[0], {"Content-Digest": "sha-256=:" + "A" * 43 + "=:"}, (422, "digest_mismatch")),
        (0, PIECES[0], {"Content-Digest": "md5=:x:"}, (422, "invalid_input")),
        (0, PIECES[0], {"Content-Digest": ""}, (422, "invalid_input")),
        (0, PIECES[0], {"Upload-Key": ""}, (422, "invalid_input")),
        (0, PIECES[0], {"Upload-Key": "A" * 43 + "="}, (403, "wrong_upload_key")),
        (1, PIECES[0], {}, (409, "other_file")),
    ],
)
def test_chunk_that_is_not_what_was_announced_is_refused_and_the_true_one_taken(
    provider: ApiWallet, number: int, content: bytes, headers: dict[str, str], refusal: tuple[int, str]
) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    put_chunk(provider, session, 1, PIECES[1])

    answer = put_chunk(provider, session, number, content, **headers)

    assert (answer.status_code, code_of(answer)) == refusal, answer.content
    assert code_of(finish(provider, session)) == "chunks_missing"
    send_missing(provider, session, TABLE)
    assert finish(provider, session).status_code == 201


@pytest.mark.attack("S19")
def test_session_for_too_much_or_nothing_is_refused_with_the_limit(provider: ApiWallet, settings) -> None:
    settings.UPLOAD_SESSION_MAX_BYTES = 100
    provider.sign_in()

    far = provider.post(SESSIONS, {"file_name": "a", "size_bytes": 101})
    none = provider.post(SESSIONS, {"file_name": "a", "size_bytes": 0})
    at_limit = provider.post(SESSIONS, {"file_name": "a", "size_bytes": 100})

    assert (far.status_code, "100 bytes" in far.json()["error"]["message"]) == (413, True)
    assert (none.status_code, code_of(none)) == (422, "empty_file")
    assert at_limit.status_code == 201


@pytest.mark.attack("S35")
def test_wallet_holds_only_so_many_open_sessions_and_dropping_one_makes_room(provider: ApiWallet) -> None:
    provider.sign_in()
    sessions = [open_upload(provider, TABLE) for _ in range(upload_sessions.MOST_OPEN)]
    put_chunk(provider, sessions[0], 0, PIECES[0])

    refused = provider.post(SESSIONS, {"file_name": "a", "size_bytes": 1})
    dropped = provider.client.delete(f"/api/v1/{SESSIONS}/{sessions[0]['id']}", headers=provider._csrf())

    assert (refused.status_code, code_of(refused)) == (409, "too_many_open")
    assert (dropped.status_code, chunk_files()) == (204, [])
    open_upload(provider, TABLE)


@pytest.mark.attack("S36")
def test_session_of_somebody_else_does_not_exist_even_with_its_key(
    provider: ApiWallet, stranger: ApiWallet
) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    send_missing(provider, session, TABLE)
    stranger.sign_in()

    for mine in (session, {**session, "id": str(uuid4())}):
        path = f"{SESSIONS}/{mine['id']}"
        answers = [
            stranger.get(path),
            put_chunk(stranger, mine, 0, PIECES[0]),
            finish(stranger, mine),
            stranger.client.delete(f"/api/v1/{path}", headers=stranger._csrf()),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
    assert stranger.get(SESSIONS).json()["results"] == []
    assert finish(provider, session).status_code == 201


@pytest.mark.attack("S20")
def test_file_that_is_no_table_is_refused_when_it_is_whole_and_keeps_nothing(
    provider: ApiWallet, content_folder: Path
) -> None:
    session = open_upload(provider.sign_in(), b"\x80\x04pickle")
    send_missing(provider, session, b"\x80\x04pickle")

    answer = finish(provider, session)

    assert (answer.status_code, code_of(answer)) == (422, "unsupported_format")
    assert (finish(provider, session).status_code, chunk_files()) == (404, [])
    assert not [file for file in content_folder.rglob("*") if file.is_file() and "sqlite" not in file.name]


@pytest.mark.fault("F27")
@pytest.mark.parametrize("harm", ["changed", "gone", "emptied", "renamed"])
def test_chunk_that_the_disk_lost_is_asked_for_again(provider: ApiWallet, harm: str) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    send_missing(provider, session, TABLE)
    [harmed] = [path for path in chunk_files() if path.name == "1"]
    if harm == "gone":
        harmed.unlink()
    elif harm == "emptied":
        harmed.write_bytes(b"")
    elif harm == "renamed":
        harmed.write_bytes((harmed.parent / "0").read_bytes())
    else:
        harmed.write_bytes(bytes([harmed.read_bytes()[0] ^ 1]) + harmed.read_bytes()[1:])

    refused = finish(provider, session)

    assert (refused.status_code, code_of(refused)) == (409, "chunks_missing")
    assert send_missing(provider, session, TABLE) == [1]
    assert finish(provider, session).status_code == 201


@pytest.mark.fault("F27")
def test_full_disk_refuses_the_chunk_in_words_and_leaves_no_half_of_it(provider: ApiWallet) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    provider.client.raise_request_exception = False
    with mock.patch("marketplace.uploading.chunks.os.fsync", side_effect=OSError(28, "No space left")):
        answer = put_chunk(provider, session, 0, PIECES[0])

    assert (answer.status_code, code_of(answer)) == (507, "no_room")
    assert chunk_files() == []
    assert put_chunk(provider, session, 0, PIECES[0]).status_code == 200


def test_file_that_a_busy_machine_could_not_read_in_time_is_kept_for_another_try(provider: ApiWallet) -> None:
    session = open_upload(provider.sign_in(), TABLE)
    send_missing(provider, session, TABLE)
    no_time = ChildLimits(wall_seconds=0)
    with mock.patch("marketplace.parsing.runner.limits_for", return_value=no_time):
        refused = finish(provider, session)

    assert (refused.status_code, code_of(refused)) == (422, "too_costly")
    assert finish(provider, session).status_code == 201


@pytest.mark.fault("F27")
def test_upload_meets_a_disk_without_room_at_any_step_and_goes_on_when_there_is_some(
    provider: ApiWallet, settings
) -> None:
    provider.sign_in()
    settings.UPLOAD_FREE_BYTES = 1 << 60
    unopened = provider.post(SESSIONS, {"file_name": "a", "size_bytes": len(TABLE)})
    settings.UPLOAD_FREE_BYTES = 0
    session = open_upload(provider, TABLE)
    put_chunk(provider, session, 0, PIECES[0])
    settings.UPLOAD_FREE_BYTES = 1 << 60
    unkept = put_chunk(provider, session, 1, PIECES[1])
    settings.UPLOAD_FREE_BYTES = 0
    assert send_missing(provider, session, TABLE) == [1, 2]
    with mock.patch("storage.local.disk.shutil.disk_usage", return_value=mock.Mock(free=1000)):
        unfinished = finish(provider, session)

    for answer in (unopened, unkept, unfinished):
        assert (answer.status_code, code_of(answer)) == (507, "no_room"), answer.content
        assert "free bytes on our disk" in answer.json()["error"]["message"]
    assert len(chunk_files()) == 3
    assert finish(provider, session).status_code == 201


@pytest.mark.attack("S35")
def test_open_uploads_of_a_wallet_have_together_no_more_than_one_may_have(
    provider: ApiWallet, stranger: ApiWallet, settings
) -> None:
    settings.UPLOAD_SESSION_MAX_BYTES = 2 * len(TABLE)
    first = open_upload(provider.sign_in(), TABLE)

    too_much = provider.post(SESSIONS, {"file_name": "a", "size_bytes": len(TABLE) + 1})

    assert (too_much.status_code, code_of(too_much)) == (409, "too_much_open")
    open_upload(provider, TABLE)
    open_upload(stranger.sign_in(), TABLE)
    send_missing(provider, first, TABLE)
    assert finish(provider, first).status_code == 201
    open_upload(provider, TABLE)


def test_sweep_drops_what_nobody_goes_on_with_and_nothing_else(provider: ApiWallet) -> None:
    old, new = open_upload(provider.sign_in(), TABLE), open_upload(provider, TABLE)
    for session in (old, new):
        put_chunk(provider, session, 0, PIECES[0])
    UploadSession.objects.filter(pk=old["id"]).update(touched_at=timezone.now() - 2 * DAY)
    (Path(django_settings.UPLOAD_DIR) / "left by a kill").mkdir()

    sweep()

    assert [path.parent.name for path in chunk_files()] == [new["id"]]
    assert [path.name for path in Path(django_settings.UPLOAD_DIR).iterdir()] == [new["id"]]
    assert provider.get(f"{SESSIONS}/{old['id']}").status_code == 404


def test_sweep_leaves_in_the_store_what_an_upload_has(provider: ApiWallet, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    provider.sign_in().upload()
    upload_privately(provider)
    public, private = Upload.objects.order_by("is_private")
    needed = {public.cid, private.cid, private.mock_cid}
    for cid in needed:
        Keeping.objects.create(cid=cid)

    sweep_uploads(timezone.now() + DAY)

    assert all(content_store().is_pinned(Cid.parse(cid)) for cid in needed)
    assert (len(needed), Keeping.objects.count()) == (3, 0)


POINTS = {
    "chunk not named": "marketplace.uploading.chunks.os.fsync",
    "chunk without its row": "marketplace.uploading.chunks.sync_folder",
    "before it is read": "marketplace.services.uploads.profile_file",
    "read and not kept": "storage.local.store.LocalStore.add_file",
    "kept and not pinned": "storage.local.store.LocalStore.pin",
    "pinned and not owned": "marketplace.services.uploads.BroughtFile.belongs_to",
    "owned and not tidied": "marketplace.services.upload_sessions.drop_chunks",
}


@pytest.mark.fault("F20")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("visibility", ["public", "private"])
@pytest.mark.parametrize("point", POINTS)
def test_upload_killed_at_any_step_is_finished_later_and_leaves_no_orphan(
    provider: ApiWallet, content_folder: Path, point: str, visibility: str
) -> None:
    session = open_upload(provider.sign_in(), TABLE, visibility=visibility)
    put_chunk(provider, session, 0, PIECES[0])
    put_chunk(provider, session, 1, PIECES[1])
    die_in_a_child(POINTS[point], lambda: send_the_rest_and_finish(session))

    send_missing(provider, session, TABLE)
    answer = finish(provider, session)

    upload = answer.json()
    assert answer.status_code == 201, answer.content
    assert Upload.objects.count() == 1
    assert (upload["cid"] == str(raw_cid(TABLE))) == (visibility == "public")
    assert chunk_files() == []
    sweep_uploads(timezone.now() + timedelta(hours=13))
    collect_garbage(content_store(), grace_seconds=0, now=0)
    assert [str(root) for root in content_store().layout.roots()] == [upload["cid"]]
    assert (opened(upload["cid"]) if visibility == "private" else TABLE) == TABLE


def send_the_rest_and_finish(session: dict[str, Any]) -> None:
    row = UploadSession.objects.get(pk=session["id"])
    key = UploadKey(_secret(session))
    take_chunk(session=row, key=key, number=2, content=PIECES[2], digest=_sha256(PIECES[2]))
    finish_session(session=row, key=key)


def die_in_a_child(point: str, act: Callable[[], None]) -> None:
    """Does the act in a process that is killed, as by kill -9, the moment it comes to the point."""
    child = multiprocessing.get_context("fork").Process(target=_act_and_die, args=(point, act))
    child.start()
    child.join(timeout=60)
    assert child.exitcode == -signal.SIGKILL, point


def _act_and_die(point: str, act: Callable[[], None]) -> None:
    parents = connection.connection  # never closed here: the parent goes on with it
    connection.connection = None
    with mock.patch(point, side_effect=lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)):
        act()
    os._exit(parents is None)


def _secret(session: dict[str, Any]) -> bytes:
    return base64.urlsafe_b64decode(session["upload_key"])


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
