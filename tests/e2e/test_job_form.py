"""The request form in a real Chromium: copied, edited, reloaded, and told beside a field what is wrong."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from accounts.models import User
from qjobs.models import SpecDocument
from tests.e2e.made_up_site import DESK, Watched, chromium, site, watching
from tests.fakes import job_rows, rows
from tests.integration.pages.test_job_copies import pin_fitting

__all__ = ["chromium", "site"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def researcher(chromium: Browser, site: str) -> Iterator[Watched]:
    """The owner of the data, signed in, before the copy of a job."""
    rows.add_head()
    rows.add_dataset(1)
    job_rows.add_job(1, spec_digest=pin_fitting(title="As before", seed=21))
    user, _ = User.objects.get_or_create(address=rows.PROVIDER)
    client = Client()
    client.force_login(user, backend="accounts.backends.WalletBackend")
    with watching(chromium, site, DESK, "light") as watched:
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}
        watched.page.context.add_cookies([cookie])
        watched.open("/jobs/new?from=1")
        yield watched


def test_copy_is_edited_survives_a_reload_and_becomes_a_document(researcher: Watched) -> None:
    page = researcher.page
    assert page.input_value("#title") == "As before"
    assert not page.is_visible("#paulis")
    page.select_option("#feature_map", "pauli")
    page.fill("#paulis", "z, q")
    page.fill("#title", "Another map")
    page.reload()
    assert (page.input_value("#title"), page.input_value("#paulis")) == ("Another map", "z, q")

    page.get_by_role("button", name="Write the document").click()
    beside = page.locator(".field:has(#paulis) .problem")
    expect(beside).to_contain_text("paulis")
    assert page.evaluate("document.activeElement.id") == "paulis"
    assert page.get_attribute("#paulis", "aria-invalid") == "true"

    page.fill("#paulis", "z, xx")
    expect(beside).to_have_count(0)
    page.get_by_text("How it is trained and measured").click()
    page.fill("#algorithm-c-grid", "one")
    page.get_by_role("button", name="Write the document").click()
    expect(page.locator(".field:has(#algorithm-c-grid) .problem")).to_contain_text(
        "not a list of positive numbers"
    )
    page.fill("#algorithm-c-grid", "0.1, 1")
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")

    spec = SpecDocument.objects.get().spec
    assert spec["feature_map"] == {"name": "pauli", "reps": 2, "entanglement": "full", "paulis": ["Z", "XX"]}
    assert (spec["title"], spec["seed"], spec["algorithm"]["c_grid"]) == ("Another map", 21, [0.1, 1.0])
    expect(page.locator("body")).to_contain_text("pauli feature map with Z, XX")
    assert [each for each in researcher.complaints if "422" not in each] == []
    assert researcher.refusals() == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("zz", {"#reps", "#entanglement"}),
        ("pauli", {"#reps", "#entanglement", "#paulis"}),
        ("angle", {"#axis"}),
        ("reuploading", {"#reps", "#entanglement"}),
    ],
)
def test_each_map_shows_its_own_fields_and_is_written_with_them(
    researcher: Watched, name: str, shown: set[str]
) -> None:
    page = researcher.page
    page.select_option("#feature_map", name)

    visible = {field for field in ("#reps", "#entanglement", "#paulis", "#axis") if page.is_visible(field)}
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")

    assert visible == shown
    assert set(SpecDocument.objects.get().spec["feature_map"]) == {"name"} | {field[1:] for field in shown}
