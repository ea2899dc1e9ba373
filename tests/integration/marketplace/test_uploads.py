"""Uploads over the API: limits, formats, ownership; nothing is kept of what is refused."""

from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.models import DatasetDraft, Upload
from marketplace.services.uploads import display_name
from storage.cid import raw_cid
from storage.limits import SIDE_BYTES
from tests.fakes.tables import npz_of, parquet_of
from tests.integration.marketplace.acts import TABLE, ApiWallet, code_of, publication_terms
from tests.integration.marketplace.private import make_release_key, upload_privately

pytestmark = pytest.mark.django_db
DOLLAR = "0x" + "24" * 20


def test_upload_gives_our_cid_and_the_profile(provider: ApiWallet) -> None:
    answer = provider.sign_in().upload()

    upload = answer.json()
    assert (answer.status_code, upload["cid"], upload["size"]) == (201, str(raw_cid(TABLE)), str(len(TABLE)))
    assert (upload["profile"]["rows"], upload["profile"]["column_count"]) == (3, 3)
    assert provider.get(f"uploads/{upload['id']}").json() == upload
    listed = provider.get("uploads").json()["results"]
    assert [row["id"] for row in listed] == [upload["id"]]
    assert "profile" not in listed[0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.jsonl", b'{"a": 1, "b": "x"}\n{"a": 2.5}\n'),
        ("rows.npz", npz_of({"a": [1, 2], "b": ["x", "y"]})),
        ("rows.parquet", parquet_of({"a": [1, 2], "b": ["x", None]})),
    ],
)
def test_upload_of_each_format_keeps_its_bytes_and_is_known_by_them(
    provider: ApiWallet, name: str, content: bytes
) -> None:
    # The name lies on purpose: the bytes alone say what a file is.
    upload = provider.sign_in().upload(content, name="table.csv").json()

    assert (upload["cid"], upload["profile"]["format"]) == (str(raw_cid(content)), name.partition(".")[2])
    assert (upload["profile"]["rows"], upload["profile"]["column_count"]) == (2, 2)


def test_upload_same_bytes_again_is_the_same_upload(provider: ApiWallet, researcher: ApiWallet) -> None:
    first = provider.sign_in().upload()
    second = provider.upload(name="again.csv")
    other = researcher.sign_in().upload()

    assert (second.status_code, second.json()["id"]) == (200, first.json()["id"])
    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]


def test_upload_without_a_wallet_is_refused(provider: ApiWallet) -> None:
    provider.get("auth/nonce")

    assert provider.upload().status_code == 401
    assert provider.get("uploads").status_code == 401
    assert Upload.objects.count() == 0


@pytest.mark.attack("S03")
def test_upload_without_csrf_token_is_refused(provider: ApiWallet) -> None:
    provider.sign_in()

    answer = provider.client.post("/api/v1/uploads", {"file": SimpleUploadedFile("a.csv", TABLE)})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"a,b\n", "no_rows"),
        (b"a,b\n1\n", "ragged_row"),
        (b"a,a\n1,2\n", "duplicate_column"),
        (b"a,b\n1,\x00\n", "nul_byte"),
        (b"a,b\n1,\xff\n", "not_utf8"),
        (b"PK\x03\x04", "malformed_npz"),
        (b"PAR1", "malformed_parquet"),
        (b'{"a": [1]}', "nested_value"),
        (b"\x80\x04\x95pickle", "unsupported_format"),
        (b"<svg onload=alert(1)>", "unsupported_format"),
    ],
)
def test_upload_that_breaks_a_rule_is_refused_and_leaves_nothing(
    provider: ApiWallet, content_folder: Path, content: bytes, code: str
) -> None:
    answer = provider.sign_in().upload(content)

    assert (answer.status_code, code_of(answer)) == (422, code)
    assert Upload.objects.count() == 0
    assert not [file for file in content_folder.rglob("*") if file.is_file() and "sqlite" not in file.name]


@pytest.mark.attack("S19")
def test_upload_over_the_size_limit_is_refused_with_the_limit(provider: ApiWallet, settings) -> None:
    provider.sign_in()
    settings.UPLOAD_MAX_BYTES = len(TABLE)
    assert provider.upload().status_code == 201

    slightly, far = provider.upload(TABLE + b"\n"), provider.upload(TABLE * 2000)

    assert (slightly.status_code, far.status_code) == (413, 413)
    assert f"{len(TABLE):,} bytes" in far.json()["error"]["message"]
    assert f"{len(TABLE):,} bytes" in slightly.json()["error"]["message"]


@pytest.mark.fault("F27")
@pytest.mark.parametrize(("copies", "is_private"), [(1, False), (2, True)])
def test_upload_needs_room_for_what_is_still_to_be_written_and_no_more(
    provider: ApiWallet, settings, tmp_path: Path, copies: int, is_private: bool
) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()
    provider.sign_in()
    table = TABLE + b"1,2,benign\n" * 2000
    for free, status in ((-1, 507), (0, 201)):
        disk = mock.Mock(free=SIDE_BYTES + copies * len(table) + free)
        with mock.patch("storage.local.disk.shutil.disk_usage", return_value=disk):
            answer = upload_privately(provider, table, ()) if is_private else provider.upload(table)
        assert answer.status_code == status, answer.content


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"file": "text"},
        {"data": SimpleUploadedFile("a.csv", TABLE)},
        {"file": [SimpleUploadedFile("a.csv", TABLE), SimpleUploadedFile("b.csv", TABLE)]},
    ],
)
def test_upload_form_without_one_file_is_refused(provider: ApiWallet, form: dict[str, Any]) -> None:
    provider.sign_in()

    answer = provider.client.post("/api/v1/uploads", form, headers=provider._csrf())

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "file")


def test_upload_of_json_is_told_the_media_type(provider: ApiWallet) -> None:
    assert provider.sign_in().post("uploads", {"file": "x"}).status_code == 415


@pytest.mark.attack("S22")
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\a.csv", "a.csv"),
        ("a\u202e.csv", "a.csv"),
        ("\x00", "table.csv"),
        ("..", "table.csv"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_upload_name_is_for_display_only(sent: str, shown: str) -> None:
    assert display_name(sent) == shown


@pytest.mark.attack("S36")
@pytest.mark.parametrize("path", ["uploads/{id}", "uploads/{id}/publication"])
def test_upload_of_somebody_else_does_not_exist(provider: ApiWallet, stranger: ApiWallet, path: str) -> None:
    mine = path.format(id=provider.sign_in().upload().json()["id"])
    stranger.sign_in()

    foreign = (
        stranger.post(mine, publication_terms(stranger, DOLLAR)) if "pub" in path else stranger.get(mine)
    )
    nowhere = path.format(id="999999")
    missing = stranger.post(nowhere, {}) if "pub" in path else stranger.get(nowhere)

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() == missing.json()
    assert stranger.get("uploads").json()["results"] == []


@pytest.mark.parametrize("number", ["0", "-1", "x", "1e3", "9" * 40, "%00", "٣"])
def test_upload_by_a_senseless_number_does_not_exist(provider: ApiWallet, number: str) -> None:
    assert provider.sign_in().get(f"uploads/{number}").status_code == 404


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"licence": "free for all"}, (422, "licence")),
        ({"label_column": "colour"}, (422, "label_column")),
        ({"label_column": ""}, (422, "label_column")),
        ({"title": "\ud800"}, (400, None)),
        ({"payees": [{"address": "0x" + "00" * 20, "parts": 10_000}]}, (503, None)),
        ({"extra": 1}, (422, "extra")),
    ],
)
def test_publication_with_wrong_terms_names_the_field_and_leaves_no_draft(
    provider: ApiWallet, settings, tmp_path: Path, change: dict[str, Any], refusal: tuple[int, str | None]
) -> None:
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"
    settings.DEPLOYMENT_FILE = tmp_path / "31337.json"
    settings.DEPLOYMENT_FILE.write_text(
        '{"chain_id": 31337, "start_block": 1, "contracts": {"DatasetToken": "0x%s"}}' % ("11" * 20)
    )
    upload = provider.sign_in().upload().json()

    answer = provider.post(
        f"uploads/{upload['id']}/publication", {**publication_terms(provider, DOLLAR), **change}
    )

    assert (answer.status_code, answer.json()["error"]["field"]) == refusal
    assert DatasetDraft.objects.count() == 0
