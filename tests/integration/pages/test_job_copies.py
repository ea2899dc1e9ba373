"""The request form: every feature map with its own fields, and a copy of any earlier job."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client

from marketplace.models import Dataset, RowsInModel
from marketplace.store import content_store
from qjobs.spec import MachineSpec, QuboSpec, SpecRefused, build_spec, canonical_bytes, spec_digest
from qjobs.spec.feature_maps import FEATURE_MAPS
from qjobs.spec.kinds import KIND_OF
from qjobs.views.forms.feature_map import MAPS
from qjobs.views.forms.registry import FORMS
from storage.cid import Cid
from tests.fakes import job_rows, rows
from tests.integration.pages.test_job_pages import pin_spec
from tests.vectors.qjobs.choices import PROBLEMS, choice_spec
from tests.vectors.qjobs.graphs import graph_spec

pytestmark = pytest.mark.django_db
SPLITS = ("splits.count", "splits.test_fraction", "splits.seed")
METHOD = ("algorithm.c_grid", "algorithm.bandwidth_grid", "algorithm.inner_folds")


def pin_fitting(**changes: object) -> str:
    """A spec on dataset 1 as `rows.add_dataset` has it."""
    dataset = {
        "token_id": "1",
        "version": 1,
        "content_cid": str(Cid.from_digest(rows.digest("content 1"), 0x55)),
        "columns": {
            "features": ["mean radius 4", "mean radius 2", "mean radius 1"],
            "label": "diagnosis",
            "positive_label": "mean radius",
        },
    }
    return pin_spec(**{"datasets": [dataset], "qubits": 2, **changes})


def add_dataset_for(*algorithms: str) -> None:
    """Dataset 1, whose owner allows these algorithms; none named: any."""
    rows.add_dataset(1)
    with rows.projecting():
        Dataset.objects.filter(pk=1).update(algorithms=list(algorithms))


def fields(text: str) -> dict[str, str]:
    """The values of the form's inputs, ticked boxes and chosen options by name."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        named = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if named.get("type") == "checkbox" and " checked" not in tag:
            continue
        key = f"feature {named['value']}" if named.get("name") == "feature" else named.get("name", "")
        found[key] = html.unescape(named.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([\w.]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r"<option([^>]*) selected>([^<]*)", options)
        if chosen:
            value = re.search(r'value="([^"]*)"', chosen[1])
            found[name] = value[1] if value else chosen[2]
    return found


def test_form_offers_every_feature_map_that_a_spec_may_name() -> None:
    assert tuple(each.name for each in MAPS) == FEATURE_MAPS
    for each in MAPS:
        if each.name != "angle":
            most = {"name": each.name, "reps": each.max_reps}
            assert spec_with(most).feature_map.reps == each.max_reps
            with pytest.raises(SpecRefused, match="reps"):
                spec_with(most | {"reps": each.max_reps + 1})


def spec_with(feature_map: dict[str, Any]) -> Any:
    return build_spec(
        {
            "chain_id": "31337",
            "dataset_token": rows.address(25),
            "datasets": [
                {
                    "token_id": "1",
                    "version": 1,
                    "content_cid": str(Cid.from_digest(rows.digest("content 1"), 0x55)),
                    "columns": {"features": ["a", "b"], "label": "c", "positive_label": "d"},
                }
            ],
            "qubits": 2,
            "algorithm": {"name": "qsvm"},
            "feature_map": feature_map,
            "budget": {"payment_token": rows.DOLLAR, "pay_per_task": "1"},
        }
    )


def test_fresh_form_holds_the_specs_own_defaults(owner: Client) -> None:
    rows.add_dataset(1)

    given = fields(owner.get("/jobs/new?dataset=1").text)

    assert (given["feature_map"], given["reps"], given["entanglement"]) == ("zz", "2", "full")
    assert [given[name] for name in SPLITS] == ["5", "20", "7"]
    assert (given["algorithm.inner_folds"], given["seed"]) == ("3", "7")
    assert given["algorithm.c_grid"] == "0.1, 1, 10, 100"
    assert (given["label"], given["limits.run_seconds"]) == ("diagnosis", "600")


def test_copy_holds_everything_that_the_earlier_job_asked_for(owner: Client) -> None:
    rows.add_dataset(1)
    digest = pin_fitting(
        title="Once <b>more</b>",
        feature_map={"name": "pauli", "reps": 3, "entanglement": "circular", "paulis": ["X", "ZZ"]},
        algorithm={"name": "qsvm", "c_grid": [0.5, 2.0], "bandwidth_grid": [0.125], "inner_folds": 4},
        splits={"count": 9, "test_fraction": 0.25, "seed": 11},
        seed=12,
        baselines={"models": ["rbf"], "features": ["all"]},
        limits={"run_seconds": 7000, "memory_bytes": 2**32},
    )
    job_rows.add_job(4, spec_digest=digest)

    text = owner.get("/jobs/new?from=4").text
    given = fields(text)
    kept = re.search(r'data-copied="([^"]*)"', text)

    assert (given["title"], given["qubits"]) == ("Once <b>more</b>", "2")
    assert (given["feature_map"], given["reps"], given["entanglement"]) == ("pauli", "3", "circular")
    assert given["paulis"] == "X, ZZ"
    assert [given[name] for name in METHOD] == ["0.5, 2", "0.125", "4"]
    assert [given[name] for name in (*SPLITS, "seed")] == ["9", "25", "11", "12"]
    assert (given["limits.run_seconds"], given["pay"]) == ("7000", "5")
    assert (given["label"], given["positive_label"]) == ("diagnosis", "mean radius")
    ticked = {name for name in given if name.startswith("feature mean")}
    assert ticked == {f"feature mean radius {number}" for number in (1, 2, 4)}
    assert kept is not None
    copied = json.loads(html.unescape(kept[1]))
    assert copied["baselines"]["models"] == ["rbf"]
    assert copied["limits"]["memory_bytes"] == 2**32


def test_job_page_offers_the_copy_and_the_form_shows_the_terms(owner: Client) -> None:
    rows.add_dataset(1)
    job_rows.add_job(4, spec_digest=pin_fitting())

    assert 'href="/jobs/new?from=4"' in owner.get("/jobs/4").text
    form = owner.get("/jobs/new?from=4").text
    for words in ("This is a copy of", "standing: every approved job may run", "2 TUSD", "CC-BY-4.0"):
        assert words in form


def test_job_without_its_document_cannot_be_copied_and_says_why(owner: Client) -> None:
    job_rows.add_job(4)

    assert "its block has not been fetched" in owner.get("/jobs/new?from=4").text


@pytest.mark.parametrize("number", ["9", "x", "-1", "1" * 40, "²"])
def test_copy_of_no_job_is_not_found(owner: Client, number: str) -> None:
    assert owner.get("/jobs/new", {"from": number}).status_code == 404


def test_copy_of_a_job_on_a_graph_holds_what_that_job_asked_for(owner: Client) -> None:
    add_dataset_for()
    spec = graph_spec(
        title="Again", algorithm={"name": "qaoa", "layers": 3, "restarts": 2, "annealing_reads": 7}, shots=99
    )
    content_store().add_block(canonical_bytes(spec))
    job_rows.add_job(4, spec_digest=spec_digest(spec))

    given = fields(owner.get("/jobs/new?from=4").text)

    assert (given["title"], given["algorithm"], given["qubits"], given["shots"]) == (
        "Again",
        "qaoa",
        "6",
        "99",
    )
    assert (given["algorithm.layers"], given["algorithm.restarts"]) == ("3", "2")
    assert given["algorithm.annealing_reads"] == "7"


@pytest.mark.parametrize("name", PROBLEMS)
def test_copy_of_a_choice_holds_its_problem_and_what_that_job_asked_for(owner: Client, name: str) -> None:
    add_dataset_for()
    spec = choice_spec(name, title="Again", method={"seeds": 3, "penalty": 2.5}, shots=99)
    content_store().add_block(canonical_bytes(spec))
    job_rows.add_job(4, spec_digest=spec_digest(spec))

    given = fields(owner.get("/jobs/new?from=4").text)

    assert (given["algorithm"], given["algorithm.problem.name"]) == ("qaoa", name)
    assert (given["algorithm.seeds"], given["algorithm.penalty"], given["shots"]) == ("3", "2.5", "99")
    for field, value in PROBLEMS[name][2].items():
        assert given[f"algorithm.problem.{field}"] == str(value).removesuffix(".0")


MANILA = {"engine": "ibm-runtime", "backend": "fake_manila"}
HARDWARE = [
    ({}, "qsvm", {"noise_evaluation": ""}),
    (
        {"noise_evaluation": {"device": MANILA, "shots": 77, "rows": 5}},
        "qsvm",
        {
            "noise_evaluation": "asked",
            "noise_evaluation.device.engine": "ibm-runtime",
            "noise_evaluation.device.backend": "fake_manila",
            "noise_evaluation.shots": "77",
            "noise_evaluation.rows": "5",
        },
    ),
    ({**MANILA, "shots": 90}, "measured", {"engine": "ibm-runtime", "shots": "90", "noise": ""}),
    (
        {"engine": "aer", "shots": 90, "noise": {"readout_error": 0.1}},
        "measured",
        {"engine": "aer", "noise": "asked", "noise.readout_error": "0.1", "noise.one_qubit_error": "0.0005"},
    ),
]


@pytest.mark.parametrize(("asked", "form", "held"), HARDWARE)
def test_copy_holds_what_an_earlier_job_measured_and_shows_no_more(
    owner: Client, asked: dict[str, Any], form: str, held: dict[str, str]
) -> None:
    rows.add_dataset(1)
    job_rows.add_job(4, spec_digest=pin_fitting(**asked))

    text = owner.get("/jobs/new?from=4").text
    given = fields(text)
    shown = {
        path
        for is_hidden, path in re.findall(
            r'<div class="field"[^>]*?( hidden)?>\s*<label.*?data-path="([^"]*)"', text, re.DOTALL
        )
        if not is_hidden
    }

    assert FORMS[form].words.replace("'", "&#x27;") in text
    assert {name: given[name] for name in held} == held
    backends = {"backend", "noise_evaluation.device.backend"}
    assert bool(shown & backends) == ("fake_manila" in str(asked))
    errors = {"noise.readout_error", "noise_evaluation.device.noise.readout_error"}
    assert bool(shown & errors) == ("readout_error" in str(asked))


@pytest.mark.parametrize("algorithm", sorted(set(FORMS) - {"measured"}))
def test_every_form_asks_what_hardware_would_do_and_of_rows_only_where_there_are_some(
    owner: Client, algorithm: str
) -> None:
    add_dataset_for()

    text = owner.get(f"/jobs/new?dataset=1&algorithm={algorithm}").text

    assert text.count("What hardware would do") == 1
    assert fields(text)["noise_evaluation"] == ""
    reads_rows = FORMS[algorithm].algorithm not in {"qaoa", "vqe"}
    assert ('data-path="noise_evaluation.rows"' in text) == reads_rows


@pytest.mark.parametrize("algorithm", FORMS)
def test_every_algorithm_has_a_form_with_its_own_defaults(owner: Client, algorithm: str) -> None:
    add_dataset_for()

    text = owner.get(f"/jobs/new?dataset=1&algorithm={algorithm}").text
    given = fields(text)

    assert given["algorithm"] == FORMS[algorithm].algorithm
    assert f'algorithm={algorithm}" aria-current="true"' in text
    empty = {name for name, value in given.items() if not value} - {"title", "columns.weight"}
    ends = {"algorithm.problem.source", "algorithm.problem.target"}
    asked_for = {"noise_evaluation", "noise"}
    assert empty <= {"algorithm.batch_size", "algorithm.landmarks", "shots", "qubits"} | ends | asked_for


def test_there_is_a_form_for_every_kind_of_job_and_none_for_others(owner: Client) -> None:
    add_dataset_for()

    assert {form.algorithm for form in FORMS.values()} == set(KIND_OF)
    assert {form.kind for form in FORMS.values()} >= {*KIND_OF.values(), QuboSpec, MachineSpec}
    assert owner.get("/jobs/new?dataset=1&algorithm=shor").status_code == 404


def test_only_a_built_in_hamiltonian_needs_no_dataset(owner: Client) -> None:
    given = fields(owner.get("/jobs/new?algorithm=vqe").text)

    assert (given["hamiltonian.source"], given["ansatz.name"]) == ("lattice", "hardware-efficient")
    assert owner.get("/jobs/new?algorithm=qaoa").status_code == 404


@pytest.mark.parametrize(
    ("terms", "forbidden", "words"),
    [
        ({"algorithms": ["qaoa"]}, "qsvm", "Its owner allows only qaoa, not qsvm."),
        ({"rows_in_model": RowsInModel.SEALED}, "qaoa", "qaoa tells rows (edges in the circuit) in files"),
        ({"rows_in_model": RowsInModel.NEVER}, "qsvm", "the support vectors of qsvm are rows."),
        ({"is_retired": True}, "qsvm", "Its owner retired it."),
    ],
)
def test_form_says_what_the_owners_terms_forbid_before_anything_is_written(
    owner: Client, terms: dict[str, Any], forbidden: str, words: str
) -> None:
    add_dataset_for()
    assert words not in owner.get(f"/jobs/new?dataset=1&algorithm={forbidden}").text
    with rows.projecting():
        Dataset.objects.filter(pk=1).update(**terms)

    page = owner.get(f"/jobs/new?dataset=1&algorithm={forbidden}").text

    assert words in page
    assert 'data-act="spec"' not in page
    if "is_retired" not in terms:
        fresh = owner.get("/jobs/new?dataset=1").text
        offered, kept_out = fresh.split("other kinds of jobs, not on this dataset")
        assert fields(fresh)["algorithm"] != forbidden
        assert f'algorithm={forbidden}"' not in offered
        assert f"<dt>{FORMS[forbidden].name}</dt><dd>" in kept_out


def test_a_job_without_a_dataset_is_written_and_reviewed(owner: Client) -> None:
    fields_given = {
        "title": "How strong is the bond",
        "datasets": [],
        "qubits": 4,
        "algorithm": {"name": "vqe"},
        "hamiltonian": {"source": "molecule"},
        "budget": {"payment_token": rows.DOLLAR, "pay_per_task": "1"},
    }
    answer = owner.post("/api/v1/specs", json.dumps(fields_given), content_type="application/json")
    assert answer.status_code == 200, answer.text

    review = owner.get("/jobs/new", {"spec": answer.json()["digest"]})

    assert review.status_code == 200
    for words in ("angstrom apart", 'href="/jobs/new?algorithm=vqe"'):
        assert words in review.text
