"""Private uploads: sealed before they are kept, and of their profile only what was ticked."""

import json
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from marketplace.models import ContentKey, ReleaseEntry, ReleaseGrant, Upload
from marketplace.store import content_store
from storage.age.errors import NoIdentityMatches
from storage.age.files import unseal
from storage.age.key_file import read_identities
from storage.age.keys import Identity
from storage.age.vault import KnownKey, key_in
from storage.cid import Cid
from storage.streams import PieceStream
from tests.integration.marketplace.acts import TABLE, ApiWallet, Market, code_of
from tests.integration.marketplace.private import make_release_key, mint, upload_privately

pytestmark = pytest.mark.django_db
SECRETS = (b"malignant", b"17.99", b"13.54,14.36", b"ward-7")


@pytest.fixture(autouse=True)
def keys(settings, tmp_path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()


def kept_files(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


def test_private_upload_keeps_sealed_bytes_alone_and_the_release_key_opens_them(
    provider: ApiWallet, content_folder: Path
) -> None:
    answer = upload_privately(provider.sign_in())

    upload = answer.json()
    assert (answer.status_code, upload["is_private"]) == (201, True)
    assert not [secret for secret in SECRETS for kept in kept_files(content_folder) if secret in kept]
    identities = read_identities(Path(django_settings.KEYS_DIR) / "release-age.key")
    file_key = key_in(bytes(ContentKey.objects.get(cid=upload["cid"]).header), identities)
    sealed = PieceStream(content_store().open(Cid.parse(upload["cid"])))
    assert b"".join(unseal(sealed, [KnownKey(file_key)])) == TABLE


def test_sealed_file_alone_is_opened_by_no_key_of_ours(provider: ApiWallet) -> None:
    cid = Cid.parse(upload_privately(provider.sign_in()).json()["cid"])
    identities = read_identities(Path(django_settings.KEYS_DIR) / "release-age.key")

    with pytest.raises(NoIdentityMatches):
        unseal(PieceStream(content_store().open(cid)), [*identities, Identity.generate()])


def test_same_bytes_twice_are_two_files_under_two_keys(provider: ApiWallet) -> None:
    first, second = upload_privately(provider.sign_in()).json(), upload_privately(provider).json()

    assert first["cid"] != second["cid"]
    assert ContentKey.objects.count() == 2


@pytest.mark.parametrize(
    ("shown", "expected", "hidden"),
    [
        ((), (), ("radius", "malignant", "17.99")),
        (("columns",), ("radius",), ("malignant", "17.99")),
        (("columns", "values"), ("radius", "malignant"), ("mean",)),
        (("columns", "spread"), ("radius", "17.99"), ("malignant",)),
    ],
)
def test_profile_holds_what_was_ticked_and_no_row(
    provider: ApiWallet, shown: tuple[str, ...], expected: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    upload_privately(provider.sign_in(), shown=shown)

    profile = Upload.objects.get().profile
    text = json.dumps([value for value in _values(profile) if value is not None])
    assert profile["preview"] == []
    assert (profile["rows"] is None) == ("counts" not in shown)
    assert [word for word in expected if word not in text] == []
    assert [word for word in hidden if f'"{word}"' in text or f" {word}" in text] == []


def test_mock_rows_keep_the_columns_and_no_value(provider: ApiWallet) -> None:
    upload_privately(provider.sign_in(), shown=("columns", "mock"))

    cid = Cid.parse(Upload.objects.get().mock_cid)
    mock = b"".join(content_store().open(cid)).decode().splitlines()
    assert mock[0] == "radius,texture,diagnosis"
    assert len(mock) == 11
    assert not set(mock) & set(TABLE.decode().splitlines()[1:])


def test_mock_rows_and_what_may_be_seen_are_refused_in_words_where_they_are_no_choice(
    provider: ApiWallet,
) -> None:
    answer = upload_privately(provider.sign_in(), shown=("rows",))

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "shown")
    assert Upload.objects.count() == 0


def test_private_upload_without_a_release_service_is_refused_and_nothing_is_kept(
    provider: ApiWallet, content_folder: Path, settings, tmp_path
) -> None:
    settings.KEYS_DIR = tmp_path / "no-keys"

    answer = upload_privately(provider.sign_in())

    assert (answer.status_code, code_of(answer)) == (409, "no_release_service")
    assert kept_files(content_folder) == []


def test_sealed_file_is_public_once_it_is_minted_and_not_before_or_after_its_erasure(
    market: Market, provider: ApiWallet
) -> None:
    upload = upload_privately(provider.sign_in()).json()
    path = f"/ipfs/{upload['cid']}?format=raw"

    before = Client().get(path).status_code
    mint(market, provider, upload)
    minted = Client().get(path).status_code
    provider.post(f"uploads/{upload['id']}/erasure")

    assert (before, minted, Client().get(path).status_code) == (404, 200, 404)


def test_document_of_private_data_names_the_sealed_file_and_nothing_of_the_senders_name(
    market: Market, provider: ApiWallet
) -> None:
    upload = upload_privately(provider.sign_in(), shown=("columns", "mock")).json()
    token_id = mint(market, provider, upload)

    document = provider.get(f"datasets/{token_id}/croissant").json()
    files = {file["@id"]: file for file in document["distribution"]}
    assert files["sealed"]["contentUrl"] == f"ipfs://{upload['cid']}"
    assert (files["sealed"]["encodingFormat"], files["data"]["containedIn"]) == (
        "application/age",
        {"@id": "sealed"},
    )
    assert set(files) == {"sealed", "data", "profile", "mock"}
    assert "ward-7" not in json.dumps(document)


def test_erasure_destroys_the_key_says_what_it_leaves_and_forbids_publication(provider: ApiWallet) -> None:
    upload = upload_privately(provider.sign_in()).json()

    erased = provider.post(f"uploads/{upload['id']}/erasure")

    assert erased.status_code == 200
    assert "was released before stays" in erased.json()["not_undone"]
    assert (ContentKey.objects.count(), ReleaseGrant.objects.count()) == (0, 0)
    assert ReleaseEntry.objects.get().event == "erased"
    assert provider.post(f"uploads/{upload['id']}/erasure").status_code == 200
    assert ReleaseEntry.objects.count() == 1


@pytest.mark.attack("S36")
def test_erasure_of_a_public_upload_and_of_somebody_elses_is_refused(
    provider: ApiWallet, stranger: ApiWallet
) -> None:
    public = provider.sign_in().upload().json()
    private = upload_privately(provider).json()
    stranger.sign_in()

    assert provider.post(f"uploads/{public['id']}/erasure").status_code == 409
    assert stranger.post(f"uploads/{private['id']}/erasure").status_code == 404
    assert ContentKey.objects.count() == 1


def _values(document: object) -> list[object]:
    """Every name and value in a document, but not the members' own names."""
    if isinstance(document, dict):
        return [value for member in document.values() for value in _values(member)]
    if isinstance(document, list):
        return [value for member in document for value in _values(member)]
    return [document]
