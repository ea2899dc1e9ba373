"""The browser's proof that a model used one version and not another: true bytes pass, every lie is named."""

import io
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Route, expect

from marketplace.models import DatasetVersion
from marketplace.store import content_store
from qjobs.records import DatasetInput, FileEntry, RunFacts, manifest_bytes, run_record, sign
from storage.cid import Cid, raw_cid
from tests.e2e.made_up_site import DESK, Watched, chromium, site, watching
from tests.fakes import job_rows, rows
from tests.integration.pages.test_job_pages import pin_metrics

__all__ = ["chromium", "site"]
pytestmark = pytest.mark.django_db(transaction=True)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def record_of(used: Cid, manifest: bytes, metrics: bytes, *, version: int = 1) -> bytes:
    """The signed record of a run on one version of dataset 1."""
    facts = RunFacts(
        chain_id=31337,
        job_board=rows.address(1),
        job_id=1,
        task=0,
        epoch=1,
        executor=job_rows.EXECUTOR,
        spec_digest="0x" + "00" * 32,
        spec_cid=str(raw_cid(b"spec")),
        datasets=(DatasetInput(1, version, str(used), used.digest_hex),),
        started_at=1,
        finished_at=2,
        isolation="network",
        environment={},
    )
    return sign(run_record(facts, manifest, metrics), KEY)


def settled(*, named: Cid | None = None, version: int = 1, other_model: bool = False) -> str:
    """A settled job on version 1 of dataset 1, which has three; the CID of its record, which may lie."""
    rows.add_head()
    rows.add_dataset(1)
    job_rows.add_job(1)
    version_row = DatasetVersion.objects.get(dataset_id=1, number=1)
    used = named or Cid.from_digest(version_row.content_digest, version_row.codec)
    for number, digest in ((3, version_row.content_digest), (2, raw_cid(b"other rows").digest_hex)):
        version_row.key, version_row.number, version_row.content_digest = f"1/{number}", number, digest
        with rows.projecting():
            version_row.save(force_insert=True)
    store = content_store()
    metrics_digest = pin_metrics(job_rows.metrics_document())
    metrics = store.read_block(Cid.from_digest(metrics_digest))
    entry = FileEntry(str(raw_cid(metrics)), len(metrics), raw_cid(metrics).digest.hex())
    manifest = manifest_bytes({"metrics.json": entry})
    store.add_file(io.BytesIO(manifest))
    posted = manifest_bytes({"metrics.json": entry, "x": entry}) if other_model else manifest
    record = store.add_block(record_of(used, posted, metrics, version=version))
    job_rows.add_result(
        1,
        metrics_digest=metrics_digest,
        artefact_digest=raw_cid(manifest).digest_hex,
        run_record_digest=record.digest_hex,
    )
    return str(record)


@pytest.fixture
def auditor(chromium: Browser, site: str) -> Iterator[Watched]:
    with watching(chromium, site, DESK, "light") as watched:
        yield watched


def said(auditor: Watched) -> str:
    auditor.open("/models/1")
    auditor.page.locator("[data-use-record]").click()
    words = auditor.page.locator("[data-use-record] + *")
    expect(words).to_contain_text("roved", timeout=30_000)
    return words.inner_text()


def test_version_that_was_used_is_proved_and_others_are_excluded(auditor: Watched) -> None:
    settled()

    words = said(auditor)

    assert words == "✓ Proved: this model was made from version 1 of dataset 1, and not from version 2."
    assert "Version 3 has the same bytes" in auditor.page.locator("main").inner_text()
    assert auditor.complaints == []


@pytest.mark.attack("S33")
@pytest.mark.parametrize(
    ("lie", "problem"),
    [
        ({"named": raw_cid(b"other rows")}, "names other bytes for dataset:1@1"),
        ({"version": 2}, "does not name dataset:1@1"),
        ({"other_model": True}, "is about another model"),
    ],
)
def test_record_that_says_otherwise_proves_nothing(auditor: Watched, lie: dict, problem: str) -> None:
    settled(**lie)

    assert problem in said(auditor)


@pytest.mark.attack("S34")
def test_record_with_one_changed_byte_is_named(auditor: Watched) -> None:
    record = settled()

    def forge(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body()[:-1] + b" ")

    auditor.page.route(f"**/ipfs/{record}", forge)

    assert "the run record has another CID" in said(auditor)
