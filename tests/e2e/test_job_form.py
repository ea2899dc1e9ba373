"""The request form in a real Chromium: copied, edited, reloaded, and told beside a field what is wrong."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from accounts.models import User
from marketplace.models import Dataset, VersionMetadata
from qjobs.algorithms.result import METRICS_FILE, MODEL_FILE
from qjobs.models import SpecDocument, TrainedModel
from tests.e2e.made_up_site import DESK, Watched, chromium, site, watching
from tests.fakes import job_rows, rows
from tests.fakes.posted_models import add_trained_model
from tests.integration.pages.test_job_copies import pin_fitting
from tests.vectors.qjobs.trained import qnn_spec

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


def offer_edges(count: int) -> None:
    """Dataset 1 as a table of so many edges, for every kind of job."""
    with rows.projecting():
        Dataset.objects.filter(pk=1).update(algorithms=[])
    VersionMetadata.objects.update(profile={**rows.profile_document(), "rows": count})


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


def test_a_job_on_a_graph_is_requested_by_hand(researcher: Watched) -> None:
    page = researcher.page
    offer_edges(10)
    researcher.open("/jobs/new?dataset=1")
    page.get_by_role("link", name="Cut a graph").click()
    page.fill("#title", "Where to part the network")
    page.select_option("#columns-source", "mean radius 2")
    page.select_option("#columns-target", "mean radius 2")
    page.fill("#qubits", "5")
    page.fill("#algorithm-layers", "3")
    page.get_by_role("button", name="Write the document").click()
    expect(page.locator(".problem")).to_contain_text("twice")
    page.select_option("#columns-target", "mean radius 4")
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")

    spec = SpecDocument.objects.get().spec
    assert spec["algorithm"]["name"] == "qaoa"
    assert (spec["qubits"], spec["algorithm"]["layers"], spec["shots"]) == (5, 3, 1024)
    assert spec["datasets"][0]["columns"] == {
        "source": "mean radius 2",
        "target": "mean radius 4",
        "weight": "mean radius 3",
    }
    expect(page.locator("body")).to_contain_text("a graph of 5 nodes")
    assert researcher.refusals() == []


def test_a_route_and_a_portfolio_are_requested_by_hand(researcher: Watched) -> None:
    page = researcher.page
    offer_edges(6)
    researcher.open("/jobs/new?dataset=1")
    page.get_by_role("link", name="Find a route").click()
    page.fill("#title", "The way to the sink")
    page.select_option("#columns-source", "mean radius 2")
    page.select_option("#columns-target", "mean radius 4")
    page.fill("#algorithm-problem-source", "gate")
    page.fill("#algorithm-problem-target", "gate")
    page.fill("#qubits", "10")
    page.get_by_role("button", name="Write the document").click()
    expect(page.locator(".problem").first).to_contain_text("two different ends")
    page.fill("#algorithm-problem-target", "sink")
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")
    expect(page.locator("body")).to_contain_text("the shortest way from node 'gate' to node 'sink'")

    researcher.open("/jobs/new?dataset=1&algorithm=portfolio")
    page.fill("#title", "What to hold")
    page.get_by_role("button", name="None", exact=True).click()
    for asset in ("mean radius 1", "mean radius 2", "mean radius 3"):
        page.get_by_label(asset, exact=True).check()
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")

    portfolio, route = (
        SpecDocument.objects.get(spec__algorithm__problem__name=name).spec for name in ("portfolio", "route")
    )
    assert route["algorithm"]["problem"] == {"name": "route", "source": "gate", "target": "sink"}
    assert portfolio["algorithm"]["problem"] == {"name": "portfolio", "choose": 2, "risk_aversion": 1.0}
    assert portfolio["qubits"] == len(portfolio["datasets"][0]["columns"]["features"]) == 3
    expect(page.locator("body")).to_contain_text("the returns of 3 assets")
    assert researcher.refusals() == []


def test_a_job_on_a_molecule_is_written_without_a_dataset(researcher: Watched) -> None:
    page = researcher.page
    researcher.open("/jobs/new?algorithm=vqe")
    page.fill("#title", "How strong is the bond")
    page.select_option("#hamiltonian-source", "molecule")
    assert not page.is_visible("#hamiltonian-coupling")
    page.select_option("#ansatz-name", "ucc-sd")
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")

    spec = SpecDocument.objects.get().spec
    assert (spec["datasets"], spec["ansatz"]) == ([], {"name": "ucc-sd"})
    assert spec["hamiltonian"] == {
        "source": "molecule",
        "name": "hydrogen-chain",
        "atoms": 2,
        "bond_angstrom": 0.735,
    }
    expect(page.locator("body")).to_contain_text("angstrom apart")


@pytest.mark.parametrize("algorithm", ["qnn", "qpca"])
def test_other_jobs_on_tables_are_written_as_the_form_begins(researcher: Watched, algorithm: str) -> None:
    page = researcher.page
    with rows.projecting():
        Dataset.objects.filter(pk=1).update(algorithms=[])
    researcher.open(f"/jobs/new?dataset=1&algorithm={algorithm}")
    page.fill("#title", "As it begins")
    page.get_by_role("button", name="Write the document").click()
    page.wait_for_url("**/jobs/new?spec=*")

    assert SpecDocument.objects.get().spec["algorithm"]["name"] == algorithm


def test_trained_circuit_is_written_to_start_from_a_model_of_ones_own(researcher: Watched) -> None:
    page, write = researcher.page, researcher.page.get_by_role("button", name="Write the document")
    elder = qnn_spec(title="The elder", dataset_token=rows.address(25), qubits=3)
    add_trained_model(9, files={METRICS_FILE: b"{}", MODEL_FILE: b"weights"}, spec=elder, dataset_id=2)
    with rows.projecting():
        Dataset.objects.filter(pk=1).update(algorithms=[])
        TrainedModel.objects.update(owner=rows.PROVIDER)
    researcher.open("/jobs/new?dataset=1&algorithm=qnn")
    assert page.input_value("#parent") == ""
    page.get_by_role("link", name="model 9", exact=True).click()
    page.wait_for_url("**&parent=9")
    assert (page.input_value("#parent"), page.input_value("#qubits")) == ("9", "3")

    page.fill("#title", "The younger")
    page.select_option("#algorithm-readout", "mean")
    write.click()
    beside = page.locator(".field:has(#parent) .problem")
    expect(beside).to_contain_text("readout is first there and mean here")
    page.select_option("#algorithm-readout", "first")
    write.click()
    page.wait_for_url("**/jobs/new?spec=*")
    expect(page.locator("body")).to_contain_text("Begins with the weights of model 9")

    researcher.open("/jobs/new?dataset=1&algorithm=qnn&parent=9")
    page.fill("#title", "On its own")
    page.select_option("#parent", "")
    write.click()
    page.wait_for_url("**/jobs/new?spec=*")
    younger, alone = (SpecDocument.objects.get(title=title).spec for title in ("The younger", "On its own"))
    assert younger["parent_models"] == ["9"]
    assert younger["warm_start"]["seen_datasets"] == ["1"]
    assert (alone["parent_models"], "warm_start" in alone) == ([], False)
