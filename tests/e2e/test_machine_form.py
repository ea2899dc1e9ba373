"""Forms of machines with a task and of choices in a real Chromium, each written as a person would."""

from typing import Any

import pytest
from playwright.sync_api import expect

from marketplace.models import Dataset
from qjobs.models import SpecDocument
from tests.e2e.made_up_site import Watched, chromium, site
from tests.e2e.test_job_form import offer_edges, researcher
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


ENDS = {"#columns-source": "mean radius 2", "#columns-target": "mean radius 4"}
EDGE = {"source": "mean radius 2", "target": "mean radius 4", "weight": None}
BY_HAND: list[tuple[str, dict[str, str], dict[str, Any], str]] = [
    (
        "Place monitors",
        {**ENDS, "#qubits": "5"},
        {"columns": EDGE, "qubits": 5, "problem": {"name": "vertex-cover"}},
        "every edge has an end among them",
    ),
    (
        "Share channels",
        {**ENDS, "#columns-weight": "mean radius 1", "#algorithm-problem-channels": "3", "#qubits": "9"},
        {
            "columns": {**EDGE, "weight": "mean radius 1"},
            "qubits": 9,
            "problem": {"name": "channel-assignment", "channels": 3},
        },
        "one channel a node",
    ),
    (
        "Find the unusual",
        {"#label": "diagnosis", "#positive": "benign", "#qubits": "3"},
        {"columns": {"label": "diagnosis", "positive_label": "benign"}, "qubits": 3, "task": "detect"},
        "unusual",
    ),
]


@pytest.mark.parametrize(("link", "typed", "wanted", "words"), BY_HAND, ids=lambda each: str(each)[:20])
def test_each_of_these_forms_writes_what_was_typed(
    researcher: Watched, link: str, typed: dict[str, str], wanted: dict[str, Any], words: str
) -> None:
    page = researcher.page
    offer_edges(3)
    researcher.open("/jobs/new?dataset=1")
    page.get_by_role("link", name=link).click()
    page.fill("#title", "By hand")
    for field, value in typed.items():
        control = page.locator(field)
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")

    spec = SpecDocument.objects.get().spec
    columns = spec["datasets"][0]["columns"]
    assert {name: columns.get(name) for name in wanted["columns"]} == wanted["columns"]
    assert spec["qubits"] == wanted["qubits"]
    for name in {"problem", "task"} & wanted.keys():
        assert spec["algorithm"][name] == wanted[name]
    expect(page.locator("main")).to_contain_text(words)
    assert researcher.refusals() == []
