"""What a reader checks on a dataset's page in Chromium: the bytes by their CID, one row by its proof."""

import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from common.tables.merkle import prove_row
from common.tables.reading import open_table
from marketplace.store import content_store
from tests.e2e.made_up_site import DESK, Watched, chromium, site, watching
from tests.fakes import rows

__all__ = ["chromium", "site"]
pytestmark = pytest.mark.django_db(transaction=True)
TABLE = b"radius,kind\n" + b"".join(b"%d.5,%s\n" % (row, b"mb"[row % 2 :][:1]) for row in range(50_000))


@pytest.fixture
def auditor(chromium: Browser, site: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Before the page of a dataset whose file is one block."""
    stored = content_store().add_file(io.BytesIO(TABLE))
    usual = rows.digest
    monkeypatch.setattr(
        rows, "digest", lambda name: "0x" + stored.cid.digest.hex() if name == "content 1" else usual(name)
    )
    rows.add_head()
    rows.add_dataset(1)
    with watching(chromium, site, DESK, "light") as watched:
        watched.open("/datasets/1")
        yield watched


def test_true_bytes_have_the_cid_of_the_page(auditor: Watched) -> None:
    auditor.page.get_by_role("button", name="Verify in this browser").click()

    words = auditor.page.locator("[data-verify-cid] + *")
    expect(words).to_contain_text(f"✓ The {len(TABLE):,} bytes have this CID", timeout=30_000)
    assert (auditor.complaints, auditor.refusals(), auditor.strangers) == ([], [], [])


@pytest.mark.attack("S34")
def test_one_wrong_byte_has_another_cid(auditor: Watched) -> None:
    button = auditor.page.get_by_role("button", name="Verify in this browser")
    link = button.get_attribute("data-verify-url")

    def forge(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body()[:-2] + b"x\n")

    auditor.page.route(f"**{link}", forge)
    button.click()

    words = auditor.page.locator("[data-verify-cid] + *")
    expect(words).to_contain_text(f"✗ The {len(TABLE):,} bytes have another CID: baf", timeout=30_000)


@pytest.mark.fault("F27")
def test_bytes_that_are_not_there_are_said_so(auditor: Watched) -> None:
    button = auditor.page.get_by_role("button", name="Verify in this browser")
    auditor.page.route(f"**{button.get_attribute('data-verify-url')}", lambda route: route.abort())
    button.click()

    words = auditor.page.locator("[data-verify-cid] + *")
    expect(words).to_have_text("The site could not be reached.", timeout=30_000)
    expect(button).to_be_enabled()


def test_row_proof_holds_and_a_changed_cell_is_refused(auditor: Watched, tmp_path: Path) -> None:
    true = asdict(prove_row(open_table(io.BytesIO(TABLE[:100])), 2, None))
    (tmp_path / "true.json").write_text(json.dumps(true))
    (tmp_path / "false.json").write_text(json.dumps(true | {"cells": ["9.5", "b"]}))
    (tmp_path / "none.json").write_text("not JSON")
    rows.add_dataset(2, profile=rows.profile_document() | {"row_tree": row_tree(true["root"])})
    auditor.open("/datasets/2")
    box, words = auditor.page.locator("#row-proof"), auditor.page.locator("#row-proof + *")

    for name, said in (
        ("true", "✓ Row 2 of this version"),
        ("false", "✗ This file"),
        ("none", "✗ This file"),
    ):
        box.set_input_files(tmp_path / f"{name}.json")
        expect(words).to_contain_text(said, timeout=15_000)


def row_tree(root: str) -> dict[str, object]:
    return {"root": root, "is_salted": False}
