"""The verify button of a result in a real Chromium: true files pass, one wrong byte is named."""

import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from marketplace.store import content_store
from qjobs.records import FileEntry, manifest_bytes
from tests.e2e.made_up_site import DESK, Watched, chromium, site, watching
from tests.fakes import job_rows, rows
from tests.integration.pages.test_job_pages import pin_metrics

__all__ = ["chromium", "site"]
pytestmark = pytest.mark.django_db(transaction=True)
FILES = {"model.safetensors": b"m" * 2_500_000, "README.md": b"# A model\n"}


@pytest.fixture
def auditor(chromium: Browser, site: str) -> Iterator[Watched]:
    rows.add_head()
    job_rows.add_job(1)
    store = content_store()
    entries = {
        name: FileEntry(cid=str(store.add_file(io.BytesIO(content)).cid), size=len(content), sha256="0" * 64)
        for name, content in FILES.items()
    }
    manifest = store.add_block(manifest_bytes(entries))
    job_rows.add_result(
        1,
        metrics_digest=pin_metrics(job_rows.metrics_document()),
        artefact_digest="0x" + manifest.digest.hex(),
    )
    with watching(chromium, site, DESK, "light") as watched:
        # The bytes that a settled result's record has are not made up here, so its button has none to check.
        yield watched


def press(auditor: Watched) -> None:
    button = auditor.page.locator("[data-verify-files]")
    button.evaluate("button => { button.dataset.record = '' }")
    button.click()


@pytest.mark.parametrize("address", ["/jobs/1", "/models/1"])
def test_true_files_pass_on_the_page_of_the_job_and_of_the_model(auditor: Watched, address: str) -> None:
    auditor.open(address)
    press(auditor)

    expect(auditor.page.locator("[data-verify-files] + *")).to_contain_text("All 4 hash to", timeout=30_000)
    assert auditor.page.locator("td[data-checked].good").count() == 3
    assert auditor.complaints == []


@pytest.mark.attack("S34")
@pytest.mark.parametrize("name", ["model.safetensors", "manifest.json"])
def test_one_wrong_byte_is_named(auditor: Watched, name: str) -> None:
    auditor.open("/jobs/1")
    page = auditor.page
    link = page.locator(f"tr[data-file='{name}'] a").get_attribute("href")

    def forge(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body().replace(b"m", b"n", 1))

    page.route(f"**{link}", forge)
    press(auditor)

    expect(page.locator("[data-verify-files] + *")).to_contain_text(f"✗ {name} hashes to", timeout=30_000)
    expect(page.locator(f"tr[data-file='{name}'] [data-checked]")).to_have_text("✗")
