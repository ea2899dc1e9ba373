"""Who published a version: as the projection tells it, and as the migration finds it for an older site."""

from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from chain.accounts import ZERO_ADDRESS
from chain.events import LogEvent
from chain.journal import block_scope, unrecorded_scope
from chain.models import ChainEvent
from marketplace.models import ContentKey, DatasetVersion, Upload
from marketplace.projections.dataset import HANDLERS
from tests.fakes import rows

pytestmark = pytest.mark.django_db
MINTER, HEIR, STRANGER = rows.address(31), rows.address(32), rows.address(33)
MIGRATION = import_module("marketplace.migrations.0008_whose_files")


def told(number: int, name: str, args: dict[str, Any]) -> None:
    """An event in a block of its own, stored and projected as the follower does it."""
    event = LogEvent(
        contract="DatasetToken",
        name=name,
        args=args,
        block_number=number,
        block_hash=rows.digest(f"block {number}"),
        block_timestamp=rows.NOW,
        tx_hash=rows.digest(f"tx {number}"),
        log_index=0,
        address=rows.address(5),
    )
    ChainEvent.objects.create(**vars(event))
    handler = HANDLERS.get((event.contract, event.name))
    if handler is not None:
        with transaction.atomic(), block_scope(number):
            handler(event)


def published(number: int, version: int, token_id: int = 1) -> None:
    digests = {name: rows.digest(name) for name in ("contentDigest", "metadataDigest", "licenceHash")}
    told(
        number,
        "VersionPublished",
        {"tokenId": token_id, "number": version, "codec": 0x55, "sizeBytes": 9, **digests},
    )


def moved(number: int, giver: str, taker: str, token_id: int = 1) -> None:
    told(number, "Transfer", {"from": giver, "to": taker, "tokenId": token_id})


@pytest.fixture
def history() -> None:
    """Minted with version 1, sold, version 2 and a batch up to 9 by the heir; a stranger opened 5 of it."""
    moved(1, ZERO_ADDRESS, MINTER)
    told(2, "DatasetMinted", {"tokenId": 1, "owner": MINTER})
    published(3, 1)
    moved(4, MINTER, HEIR)
    published(5, 2)
    published(6, 9)
    published(7, 5)
    moved(8, HEIR, STRANGER)


def publishers() -> dict[int, str]:
    return dict(DatasetVersion.objects.order_by("number").values_list("number", "published_by"))


def test_version_is_published_by_who_owned_the_dataset_then_and_an_opened_one_by_nobody(history) -> None:
    assert publishers() == {1: MINTER, 2: HEIR, 5: "", 9: HEIR}


def test_migration_finds_the_same_publishers_from_the_stored_events(history) -> None:
    expected = publishers()
    with unrecorded_scope():
        DatasetVersion.objects.update(published_by="")
    assert publishers() != expected

    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.PUBLISHERS)

    assert publishers() == expected


def test_migration_gives_each_key_to_the_owner_of_its_upload_and_none_to_others() -> None:
    owner = User.objects.create(address=MINTER)
    facts = {"codec": 0x55, "content_digest": rows.digest("file"), "size_bytes": 9, "profile": {}}
    Upload.objects.create(owner=owner, cid="its-file", file_name="rows.csv", is_private=True, **facts)
    for cid in ("its-file", "no-upload"):
        ContentKey.objects.create(cid=cid, header=b"", keeper="")

    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.OWNERS)

    assert dict(ContentKey.objects.values_list("cid", "owner")) == {"its-file": MINTER, "no-upload": ""}
