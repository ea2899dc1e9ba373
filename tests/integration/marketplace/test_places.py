"""The site's content on several places: each gives a receipt, and what one loses comes from another."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from config.operations.content import pins
from marketplace.models import DatasetVersion, PinReceipt, Upload
from marketplace.pins import check_pins
from marketplace.services.upkeep import scrub_store
from marketplace.store import content_store, local_stores
from qjobs.models import Recheck, Run, RunFile, SpecDocument
from storage.cid import Cid
from storage.errors import StoreFull, TooFewCopies
from storage.local.store import LocalStore
from tests.fakes import rows
from tests.fakes.ipfs_node import running_node
from tests.integration.marketplace.acts import TABLE, ApiWallet
from tests.integration.marketplace.private import make_release_key, upload_privately

pytestmark = [pytest.mark.django_db, pytest.mark.fault("F20")]
NOW = timezone.now()
LATER = NOW + timedelta(days=1)


@pytest.fixture
def second(content_folder: Path, settings, tmp_path: Path) -> Path:
    """A second place beside the store's folder; every check looks at everything."""
    settings.STORE_PLACES = [str(tmp_path / "second")]
    settings.SCRUB_DAYS = 1
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()
    return tmp_path / "second"


def receipts() -> list[tuple[str, bool]]:
    return [(row.place, not row.problem) for row in PinReceipt.objects.order_by("place")]


@pytest.mark.parametrize("is_private", [False, True])
def test_upload_lies_at_both_places_and_each_gave_its_receipt(
    provider: ApiWallet, second: Path, content_folder: Path, is_private: bool
) -> None:
    provider.sign_in()
    answer = upload_privately(provider, shown=()) if is_private else provider.upload()

    cid = Cid.parse(answer.json()["cid"])
    assert receipts() == [("place 1 (local store)", True), ("place 2 (local store)", True)]
    assert all(LocalStore(folder).is_pinned(cid) for folder in (content_folder, second))
    size = Upload.objects.get().size_bytes
    assert all(size < row.read_back_bytes < size + 100 for row in PinReceipt.objects.all())


def test_copy_that_a_place_lost_is_brought_back_and_meanwhile_read_from_the_other(
    provider: ApiWallet, second: Path, content_folder: Path
) -> None:
    cid = Cid.parse(provider.sign_in().upload().json()["cid"])
    shutil.rmtree(content_folder)

    assert b"".join(content_store().open(cid)) == TABLE
    assert check_pins(LATER) == 0

    assert b"".join(LocalStore(content_folder).open(cid)) == TABLE
    assert set(PinReceipt.objects.values_list("checked_at", flat=True)) == {LATER}


def test_place_that_cannot_take_it_back_is_told_to_the_operator_until_it_can(
    provider: ApiWallet, second: Path
) -> None:
    provider.sign_in().upload()
    assert pins().is_fine
    shutil.rmtree(second)
    second.write_text("no folder")

    assert check_pins(LATER) == 1
    assert not pins().is_fine
    assert "place 2" in pins().text
    second.unlink()
    content_store()._aside_until.clear()
    assert check_pins(LATER) == 0
    assert pins().is_fine


def test_upload_at_too_few_places_is_refused_and_with_fewer_copies_asked_it_is_taken(
    provider: ApiWallet, second: Path, settings
) -> None:
    second.write_text("no folder")
    provider.sign_in()

    answer = provider.upload()

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, TooFewCopies.code)
    assert Upload.objects.count() == 0
    settings.STORE_COPIES = 1
    assert provider.upload().status_code == 201


@pytest.mark.fault("F27")
def test_upload_that_a_node_has_no_room_for_is_refused_before_its_bytes_unless_another_place_steps_in(
    provider: ApiWallet, content_folder: Path, settings
) -> None:
    new = {"file_name": "a.csv", "size_bytes": len(TABLE)}
    with running_node() as node:
        settings.STORE_PLACES = [node.url]
        node.storage_max = 1 << 20
        provider.sign_in()

        refused = [provider.upload(), provider.post("uploads/sessions", new)]

        for answer in refused:
            assert (answer.status_code, answer.json()["error"]["code"]) == (507, StoreFull.code)
            assert "free bytes on the IPFS node" in answer.json()["error"]["message"]
            assert "`ipfs repo gc`" in answer.json()["error"]["message"]
        assert (Upload.objects.count(), list(LocalStore(content_folder).layout.roots())) == (0, [])
        settings.STORE_COPIES = 1
        assert provider.upload().status_code == provider.post("uploads/sessions", new).status_code == 201
        settings.STORE_COPIES = 2
        node.storage_max <<= 1
        assert provider.post("uploads/sessions", new).status_code == 201


def test_scrub_repairs_a_place_from_the_other_without_any_gateway(
    provider: ApiWallet, second: Path, content_folder: Path
) -> None:
    cid = Cid.parse(provider.sign_in().upload().json()["cid"])
    block = LocalStore(second).layout.block(cid)
    block.write_bytes(b"x" + TABLE[1:])

    assert scrub_store(now=LATER.timestamp()) == 0

    assert block.read_bytes() == TABLE
    assert [store.book.damaged() for store in local_stores()] == [[], []]


def test_specs_results_signed_records_and_reports_come_back_to_a_place_that_lost_them(
    second: Path, content_folder: Path
) -> None:
    kinds = ("spec", "artefact", "record", "report")
    spec, artefact, record, report = (content_store().add_block(kind.encode()) for kind in kinds)
    SpecDocument.objects.create(
        digest=spec.digest_hex, cid=str(spec), author=rows.MEMBER, spec={}, estimate={}
    )
    run = Run.objects.create(job_id=1, task=0, approved_digest="0x" + "11" * 32, approved_block=1)
    for name, cid in (("model.json", artefact), ("record.json", record)):
        RunFile.objects.create(run=run, name=name, cid=str(cid), size=8, sha256=cid.digest_hex)
    Recheck.objects.create(dispute_id="1-0", opened_tx="0x" + "22" * 32, report_cid=str(report))
    Recheck.objects.create(dispute_id="2-0", opened_tx="0x" + "33" * 32)
    shutil.rmtree(second)

    assert not pins().is_fine
    assert check_pins(LATER) == 0

    assert pins().is_fine
    kept = {LocalStore(second).read_block(cid).decode() for cid in (spec, artefact, record, report)}
    assert kept == set(kinds)
    assert PinReceipt.objects.filter(problem="").count() == 2 * len(kinds)


def test_receipts_of_what_is_no_longer_promised_go(provider: ApiWallet, second: Path) -> None:
    provider.sign_in().upload()
    Upload.objects.all().delete()

    check_pins(LATER)

    assert receipts() == []


def test_a_share_a_day_is_looked_at_and_the_longest_unseen_comes_first(
    provider: ApiWallet, content_folder: Path, settings
) -> None:
    settings.SCRUB_DAYS = 2
    provider.sign_in()
    first, second = (provider.upload(TABLE + b"%d,2,benign\n" % row).json()["cid"] for row in (1, 2))

    seen = []
    for day in range(3):
        check_pins(NOW + timedelta(days=day))
        seen.append(PinReceipt.objects.latest("checked_at").cid)

    assert set(seen[:2]) == {first, second}
    assert seen[2] == seen[0]


@pytest.mark.fault("F26")
def test_receipt_dated_by_a_clock_that_ran_ahead_counts_as_unseen_and_is_dated_anew(
    provider: ApiWallet, content_folder: Path, settings
) -> None:
    settings.SCRUB_DAYS = 2
    provider.sign_in()
    ahead, behind = (provider.upload(TABLE + b"%d,2,benign\n" % row).json()["cid"] for row in (1, 2))
    for cid, checked_at in ((ahead, NOW + timedelta(days=400)), (behind, NOW - timedelta(days=1))):
        PinReceipt.objects.create(cid=cid, place="place 1", problem="", checked_at=checked_at)

    check_pins(NOW)
    assert PinReceipt.objects.get(cid=ahead).checked_at == NOW
    check_pins(LATER)

    assert PinReceipt.objects.get(cid=behind).checked_at == LATER
    assert PinReceipt.objects.get(cid=ahead).checked_at == NOW


def test_page_of_a_dataset_tells_each_receipt(provider: ApiWallet, second: Path) -> None:
    rows.add_head()
    dataset = rows.add_dataset(1)
    cid = Cid.from_digest(DatasetVersion.objects.get(dataset=dataset).content_digest, 0x55)
    for place, problem in (("place 1", ""), ("place 2", "<b>gone</b>")):
        PinReceipt.objects.create(cid=str(cid), place=place, problem=problem, checked_at=timezone.now())

    page = provider.client.get("/datasets/1").content.decode()

    assert "place 1 held it" in page
    assert 'place 2 <strong class="bad">failed</strong>' in page
