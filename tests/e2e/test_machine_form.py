"""Forms of machines with a task in a real Chromium: classes of the chosen column, a number, the unusual."""

import pytest
from playwright.sync_api import expect

from marketplace.models import Dataset
from qjobs.models import SpecDocument
from tests.e2e.made_up_site import Watched, chromium, site
from tests.e2e.test_job_form import researcher
from tests.fakes import rows

__all__ = ["chromium", "researcher", "site"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_classes_and_a_number_are_asked_for_by_hand(researcher: Watched) -> None:
    page = researcher.page
    with rows.projecting():
        Dataset.objects.filter(pk=1).update(algorithms=[])
    researcher.open("/jobs/new?dataset=1")
    page.get_by_role("link", name="Name one of several classes").click()
    page.fill("#title", "Which kind")
    classes = page.locator("#classes").input_value().split("\n")
    page.fill("#classes", classes[0])
    page.get_by_role("button", name="Write the document").click()
    expect(page.locator(".field:has(#classes) .problem")).to_contain_text("at least 2 items")
    page.fill("#classes", "\n".join(reversed(classes)))
    page.get_by_text("How it is trained and measured").click()
    page.select_option("#algorithm-is-calibrated", "true")
    page.fill("#algorithm-landmarks", "40")
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")
    expect(page.locator("body")).to_contain_text("calibrated chances of the classes")
    expect(page.locator("body")).to_contain_text("40 landmarks")

    researcher.open("/jobs/new?dataset=1&algorithm=regress")
    page.fill("#title", "How much")
    page.select_option("#target", "mean radius 1")
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")

    named, number = (
        SpecDocument.objects.get(spec__algorithm__task=task).spec for task in ("classify", "regress")
    )
    assert named["datasets"][0]["columns"]["classes"] == list(reversed(classes))
    assert (named["algorithm"]["is_calibrated"], named["algorithm"]["landmarks"]) == (True, 40)
    assert number["datasets"][0]["columns"]["label"] == "mean radius 1"
    assert "mean radius 1" not in number["datasets"][0]["columns"]["features"]
    assert number["algorithm"]["landmarks"] is None
    assert researcher.refusals() == []
