"""Reads of the market with wrong, huge and hostile input, and metadata that cannot be trusted."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chain.events import LogEvent
from chain.journal import block_scope
from marketplace.licences import licence_hash
from marketplace.models import Dataset, VersionMetadata
from marketplace.projections import HANDLERS
from marketplace.selectors.catalogue import CatalogueFilter, catalogue
from marketplace.services.metadata import read_waiting
from marketplace.store import content_store
from storage.cid import Cid, raw_cid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content_folder")]
PROVIDER = "0x" + "11" * 20
CONTENT = b"a,b\n1,2\n"


def emit(contract: str, name: str, **args: Any) -> None:
    """Runs the projection of one event, as the follower does."""
    event = LogEvent(
        contract=contract,
        name=name,
        args=args,
        block_number=7,
        block_hash="0x" + "77" * 32,
        block_timestamp=1_790_000_000,
        tx_hash="0x" + "99" * 32,
        log_index=0,
        address="0x" + "aa" * 20,
    )
    with transaction.atomic(), block_scope(7):
        HANDLERS[(contract, name)](event)


def mint(token_id: int, metadata: bytes, licence: str = "MIT") -> None:
    emit("DatasetToken", "DatasetMinted", tokenId=token_id, owner=PROVIDER)
    emit(
        "DatasetToken",
        "VersionPublished",
        tokenId=token_id,
        number=1,
        codec=0x55,
        contentDigest=raw_cid(CONTENT).digest_hex,
        metadataDigest=raw_cid(metadata).digest_hex,
        licenceHash=licence_hash(licence),
        sizeBytes=len(CONTENT),
    )


def publish_version(token_id: int, number: int) -> None:
    digest = raw_cid(b"version %d" % number).digest_hex
    emit(
        "DatasetToken",
        "VersionPublished",
        tokenId=token_id,
        number=number,
        codec=0x55,
        contentDigest=digest,
        metadataDigest=digest,
        licenceHash=digest,
        sizeBytes=7,
    )


def test_version_of_a_batch_that_is_opened_late_does_not_become_the_newest() -> None:
    mint(1, document())
    publish_version(1, 6)
    publish_version(1, 3)

    answer = Client().get("/api/v1/datasets/1").json()

    assert (answer["version_count"], answer["newest_version"]["number"]) == (6, 6)
    assert [row["number"] for row in Client().get("/api/v1/datasets/1/versions").json()["results"]] == [
        6,
        3,
        1,
    ]


def document(**change: Any) -> bytes:
    return rfc8785.dumps(
        {
            "@type": "sc:Dataset",
            "name": "Irises",
            "license": "MIT",
            "distribution": [{"@id": "data", "contentUrl": f"ipfs://{raw_cid(CONTENT)}"}],
            **change,
        }
    )


def metadata_of(token_id: int) -> dict[str, Any]:
    return Client().get(f"/api/v1/datasets/{token_id}").json()["newest_version"]["metadata"]


def test_metadata_of_another_site_is_read_from_its_bytes() -> None:
    content_store().add_block(document())

    mint(1, document())

    metadata = metadata_of(1)
    assert (metadata["state"], metadata["title"], metadata["problem"]) == ("READ", "Irises", None)


@pytest.mark.attack("S25")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"distribution": [{"contentUrl": f"ipfs://{raw_cid(b'else')}"}]}, "another file"),
        ({"distribution": []}, "does not name"),
        ({"distribution": [{"contentUrl": "ipfs://nonsense"}]}, "does not name"),
        ({"license": "CC0-1.0"}, "licence"),
    ],
)
def test_metadata_that_disagrees_with_the_chain_is_shown_with_the_problem(
    change: dict[str, Any], words: str
) -> None:
    content_store().add_block(document(**change))

    mint(1, document(**change))

    assert words in metadata_of(1)["problem"]


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"{}", b"[" * 100_000, b'{"@type": "sc:Dataset"}'])
def test_metadata_that_is_no_document_is_shown_as_such_and_breaks_nothing(content: bytes) -> None:
    content_store().add_block(content)

    mint(1, content)

    metadata = metadata_of(1)
    assert (metadata["state"], metadata["title"]) == ("INVALID", "")
    assert "cannot be read" in metadata["problem"]


def test_metadata_that_is_missing_is_looked_for_again_after_a_minute() -> None:
    mint(1, document())
    assert metadata_of(1)["state"] == "MISSING"
    content_store().add_block(document())
    assert read_waiting() == 0

    VersionMetadata.objects.update(tried_at=timezone.now() - timedelta(seconds=61))

    assert metadata_of(1)["state"] == "READ"


@pytest.mark.parametrize("profile", [b"{}", b"[" * 10_000, b"\x00", b'{"rows": "\\u0000"}'])
def test_hostile_profile_costs_only_itself(profile: bytes) -> None:
    stored = content_store().add_file(io.BytesIO(profile))
    files = [
        {"@id": "data", "contentUrl": f"ipfs://{raw_cid(CONTENT)}"},
        {"@id": "profile", "contentUrl": f"ipfs://{stored.cid}"},
    ]
    content_store().add_block(document(distribution=files))

    mint(1, document(distribution=files))

    assert metadata_of(1)["state"] == "READ"
    assert Client().get("/api/v1/datasets/1/versions/1").json()["profile"] is None


def test_version_keeps_its_dag_pb_codec_in_its_cid() -> None:
    emit("DatasetToken", "DatasetMinted", tokenId=1, owner=PROVIDER)
    digest = "0x" + "ab" * 32
    emit(
        "DatasetToken",
        "VersionPublished",
        tokenId=1,
        number=1,
        codec=0x70,
        contentDigest=digest,
        metadataDigest=digest,
        licenceHash=digest,
        sizeBytes=2**64 - 1,
    )

    version = Client().get("/api/v1/datasets/1").json()["newest_version"]

    assert version["content_cid"] == str(Cid.from_digest(digest, 0x70))
    assert version["size"] == str(2**64 - 1)


def test_policy_with_bytes_that_are_no_name_is_shown_in_hex() -> None:
    emit("DatasetToken", "DatasetMinted", tokenId=1, owner=PROVIDER)

    emit(
        "DatasetToken",
        "PolicySet",
        tokenId=1,
        download=True,
        compute=False,
        rowsInModel=1,
        algorithms=["0x" + "00" * 32, "0x7173766d" + "00" * 28],
    )

    assert Client().get("/api/v1/datasets/1").json()["policy"] == {
        "download": True,
        "compute": False,
        "rows_in_model": "sealed",
        "algorithms": ["0x" + "00" * 32, "qsvm"],
    }


def test_croissant_gives_the_pinned_bytes_themselves() -> None:
    content_store().add_block(document())
    mint(1, document())

    answer = Client().get("/api/v1/datasets/1/croissant")

    assert (answer.content, answer["Content-Type"]) == (document(), "application/ld+json")
    assert answer["Content-Disposition"] == 'attachment; filename="dataset-1-v1.jsonld"'
    assert Client().get("/api/v1/datasets/1/croissant", {"version": 2}).status_code == 404


def test_catalogue_pages_by_cursor_without_gap_or_repeat() -> None:
    for token_id in range(1, 8):
        mint(token_id, document(name=f"Data {token_id}"))

    seen, cursor = [], ""
    while cursor is not None:
        page = Client().get("/api/v1/datasets", {"limit": 3, "cursor": cursor}).json()
        seen += [row["token_id"] for row in page["results"]]
        cursor = page["next"]

    assert seen == ["7", "6", "5", "4", "3", "2", "1"]


def test_catalogue_takes_the_same_queries_for_one_and_for_many(django_assert_num_queries) -> None:
    for token_id in range(1, 10):
        mint(token_id, document(name=f"Data {token_id}"))
    wanted = CatalogueFilter()

    for limit in (1, 9):
        with django_assert_num_queries(2):
            catalogue(wanted, limit=limit)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("datasets", {"limit": "0"}, 422),
        ("datasets", {"limit": "101"}, 422),
        ("datasets", {"limit": "x"}, 422),
        ("datasets", {"cursor": "-1"}, 422),
        ("datasets", {"cursor": "9" * 30}, 422),
        ("datasets", {"q": "a\x00b"}, 422),
        ("datasets", {"q": "x" * 201}, 422),
        ("datasets", {"q": "%' OR 1=1 --"}, 200),
        ("datasets", {"owner": "me"}, 422),
        ("datasets/0", {}, 404),
        ("datasets/x", {}, 404),
        ("datasets/99999999999999999999", {}, 404),
        ("datasets/9223372036854775807/versions/9223372036854775807", {}, 404),
        ("datasets/1/versions", {}, 404),
        ("listings", {"state": "open"}, 422),
        ("listings", {"dataset": "x"}, 422),
        ("listings/1", {}, 404),
        ("passes", {}, 422),
        ("passes", {"holder": PROVIDER, "dataset": "1"}, 200),
        ("market/credits/me", {}, 422),
        (f"market/credits/{PROVIDER}", {}, 200),
    ],
)
def test_read_with_wrong_or_hostile_input_is_answered_in_words(
    path: str, query: dict[str, str], status: int
) -> None:
    answer = Client().get(f"/api/v1/{path}", query)

    assert answer.status_code == status
    if status >= 400:
        assert answer.json()["error"]["message"]


@pytest.mark.attack("S36")
@pytest.mark.parametrize(
    "path",
    [
        "uploads",
        "uploads/1/publication",
        "datasets/1/listings",
        "listings/1/purchase",
        "listings/1/delisting",
        "market/withdrawals",
        "faucet",
    ],
)
def test_every_writing_route_needs_a_wallet(path: str) -> None:
    answer = Client().post(f"/api/v1/{path}", {}, content_type="application/json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")


@pytest.mark.attack("S37")
def test_admin_console_shows_every_record_and_changes_no_chain_fact() -> None:
    User.objects.create_superuser(PROVIDER, "a long password")
    staff = Client()
    staff.post("/admin/login/", {"username": PROVIDER, "password": "a long password"})
    mint(1, document())

    for name in (
        "dataset",
        "datasetversion",
        "payee",
        "listing",
        "accesspass",
        "purchase",
        "marketcredit",
        "versionmetadata",
        "upload",
        "datasetdraft",
    ):
        assert staff.get(f"/admin/marketplace/{name}/").status_code == 200
        assert staff.get(f"/admin/marketplace/{name}/add/").status_code == 403
    assert staff.get("/admin/marketplace/dataset/1/change/").status_code == 200
    assert staff.post("/admin/marketplace/dataset/1/change/", {"owner": "x"}).status_code == 403
    assert staff.post("/admin/marketplace/dataset/1/delete/", {"post": "yes"}).status_code == 403
    assert Dataset.objects.get().owner == PROVIDER


def test_store_folder_is_the_settings(settings, tmp_path: Path) -> None:
    settings.STORE_DIR = tmp_path / "elsewhere"

    content_store().add_block(b"x")

    assert (tmp_path / "elsewhere").is_dir()
