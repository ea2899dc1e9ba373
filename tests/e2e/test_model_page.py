"""A model's page in a real Chromium: the owner asks it by the form, and it pleases everybody's eyes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from marketplace.models import Listing, Right, SubjectKind
from qjobs.algorithms.result import MODEL_FILE
from qjobs.models import JobParent
from tests.e2e.made_up_site import DESK, Watched, chromium, site, watching
from tests.e2e.test_look import AXE, PHONE, faults_of, sign_in
from tests.fakes import job_rows, rows
from tests.fakes.posted_models import add_predict_pass, add_trained_model, irises

__all__ = ["chromium", "site"]
pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 90_000


@pytest.fixture(params=[(PHONE, "dark"), (DESK, "light")], ids=lambda each: f"{each[0]}-{each[1]}")
def reader(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Watched]:
    width, scheme = request.param
    add_trained_model(1)
    add_predict_pass(7)
    whole = {"right": Right.OWNERSHIP, "subject_kind": SubjectKind.MODEL, "subject_id": 1, "stock": 1}
    rows.add_listing(9, seller=rows.RESEARCHER, price_units=250 * rows.DOLLARS, **whole)
    job_rows.add_job(4)
    with rows.projecting():
        JobParent.objects.create(job_parent_id="4-1", job_id=4, position=0, model_id=1)
    with watching(chromium, site, width, scheme, AXE) as watched:
        yield watched


def test_owner_asks_the_model_about_one_row_and_about_a_table(reader: Watched) -> None:
    sign_in(reader, rows.RESEARCHER)
    assert faults_of(reader, "/models/1") == []
    page, (first, second) = reader.page, irises().features[:2].tolist()

    for name, number in zip(irises().feature_names, first, strict=True):
        page.get_by_label(name, exact=True).fill(repr(number))
    page.get_by_role("button", name="Predict one row").click()
    page.locator("#predict table").wait_for(timeout=PATIENCE)
    alone = page.locator("#predict tbody td").all_inner_texts()
    header = page.locator("#predict-csv").input_value()
    page.locator("#predict-csv").fill(header + "\n".join(",".join(map(repr, row)) for row in (first, second)))
    page.get_by_role("button", name="Predict the rows").click()
    page.locator("#predict-table table").wait_for(timeout=PATIENCE)

    together = page.locator("#predict-table tbody td").all_inner_texts()
    assert len(together) == 4
    assert float(alone[0]) == pytest.approx(float(together[0]), abs=1e-12)
    assert alone[1] == together[1]
    assert reader.complaints == []
    assert reader.refusals() == []
    assert reader.width_beyond() <= 0


def test_refusal_stands_beneath_the_form_in_words(reader: Watched) -> None:
    sign_in(reader, rows.MEMBER)
    reader.open("/models/1")
    page = reader.page
    page.locator("#predict-csv").fill("width\n1")
    page.get_by_role("button", name="Predict the rows").click()

    page.get_by_text("The table has no column").wait_for(timeout=PATIENCE)
    assert page.get_by_role("button", name="Predict the rows").is_enabled()


def test_model_itself_is_offered_to_others_and_its_owner_unfolds_how_to_sell_it(reader: Watched) -> None:
    sign_in(reader, rows.MEMBER)
    assert faults_of(reader, "/models/1") == []
    sale = reader.page.locator("#sale")
    sale.get_by_text("the buyer becomes owner number 2").wait_for(timeout=PATIENCE)
    assert sale.get_by_role("button", name="Buy for 250 TUSD").is_visible()
    assert sale.get_by_text("Sell this model").count() == 0

    sign_in(reader, rows.RESEARCHER)
    assert faults_of(reader, "/models/1") == []
    assert sale.get_by_role("button", name="Take it back").is_visible()
    assert sale.get_by_text("Sell this model").count() == 0
    sale.get_by_text("Offer it anew").click()
    sale.get_by_text("A new offer takes the place of this one").wait_for(timeout=PATIENCE)
    assert faults_of(reader, "/models/1") == []

    with rows.projecting():
        Listing.objects.filter(pk=9).delete()
    assert faults_of(reader, "/models/1") == []
    sale.get_by_text("Sell this model").click()
    sale.get_by_label("Price of the model").fill("99")
    assert sale.get_by_role("button", name="Allow and list it").is_enabled()
    assert reader.width_beyond() <= 0


@pytest.mark.parametrize("address", ["/models", "/models?q=zebra", "/models/1"])
def test_pages_of_models_please_axe_without_a_wallet(reader: Watched, address: str) -> None:
    assert faults_of(reader, address) == []
    assert reader.broken_images() == []


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_sealed_model_pleases_every_eye_and_its_owner_is_told_in_words_why_there_is_no_link(
    chromium: Browser, site: str, width: int, scheme: str
) -> None:
    add_trained_model(1, sealed=[MODEL_FILE])
    with watching(chromium, site, width, scheme, AXE) as watched:
        sign_in(watched, rows.RESEARCHER)
        assert faults_of(watched, "/models/1") == []
        page = watched.page
        page.get_by_text("Rows sealed.").wait_for(timeout=PATIENCE)
        page.get_by_text(f"Seal {MODEL_FILE} to a key of mine").click()
        page.get_by_label("age recipient").fill("age1pq1not-one")
        page.get_by_role("button", name=f"Get a link to {MODEL_FILE}").click()

        page.get_by_text("That key cannot be used.").wait_for(timeout=PATIENCE)
        assert watched.width_beyond() <= 0
