"""Pages of machines with a task: the form, the copy, the job in words, and what its result shows."""

import json
from typing import Any

import pytest
from django.test import Client
from threadpoolctl import threadpool_limits

from marketplace.store import content_store
from qjobs.algorithms.machines.job import run_machine
from qjobs.algorithms.machines.rows import read_machine_table
from qjobs.algorithms.rows import TableBytes
from qjobs.rules.answers import answer_tables
from qjobs.rules.confusions import class_confusions_of
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import canonical_bytes, spec_digest
from qjobs.views.forms.machines import FORMS
from qjobs.views.forms.table import table_offer
from tests.fakes import job_rows
from tests.fakes.posted_models import add_trained_model
from tests.integration.pages.test_job_copies import add_dataset_for, fields
from tests.vectors.qjobs.machines import machine_spec, marks_csv, numbers_csv, three_classes_csv

pytestmark = pytest.mark.django_db
CONTENT = {"classify": three_classes_csv(), "regress": numbers_csv(80), "detect": marks_csv()}
METHOD: dict[str, dict[str, Any]] = {
    "classify": {"is_calibrated": True},
    "regress": {"landmarks": 20, "bandwidth_by": "alignment"},
    "detect": {"outlier_share": 0.2},
}


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """Spec and files of one trained machine a task."""
    found = {}
    for task, content in CONTENT.items():
        spec = machine_spec(content, task, title=f"Which {task}", algorithm=METHOD[task])
        table = read_machine_table(spec, {1: TableBytes(content)})
        with threadpool_limits(limits=1):
            found[task] = spec, dict(run_machine(spec, table).files)
    return found


@pytest.mark.parametrize("task", CONTENT)
def test_copy_of_a_job_holds_its_task_and_what_it_asked_for(owner: Client, task: str) -> None:
    add_dataset_for()
    spec = machine_spec(CONTENT[task], task, algorithm=METHOD[task])
    content_store().add_block(canonical_bytes(spec))
    job_rows.add_job(4, spec_digest=spec_digest(spec))

    answer = owner.get("/jobs/new?from=4")
    given = fields(answer.text)

    assert (given["algorithm"], given["algorithm.task"]) == ("qsvm", task)
    expected = {
        "is_calibrated": "true",
        "landmarks": "20",
        "bandwidth_by": "alignment",
        "outlier_share": "20",
    }
    for field in METHOD[task]:
        assert given[f"algorithm.{field}"] == expected[field]
    assert given["algorithm.bandwidth_grid"] == "0.2, 0.5"
    if task == "classify":
        assert ">a\nb\nc</textarea>" in answer.text


def test_forms_say_what_they_need() -> None:
    columns = [{"name": name, "type": "real", "top_values": []} for name in ("x", "y")]
    label = {"name": "kind", "type": "text", "top_values": [{"value": each} for each in "abc"]}
    classes, number, unusual = FORMS

    bare = table_offer({"columns": columns}, "", {})
    three = table_offer({"columns": [*columns, label]}, "kind", {})
    two = table_offer({"columns": [*columns, {**label, "top_values": label["top_values"][:2]}]}, "kind", {})

    assert classes.problem(bare) == "It needs a column of 2 to 20 values to predict."
    assert (classes.problem(three), unusual.problem(two)) == ("", "")
    assert number.problem(bare) == "It needs at least three numeric columns, one of them to predict."
    wide = table_offer({"columns": [{**columns[0], "name": each} for each in "xyz"]}, "", {})
    assert (number.problem(wide), number.context(wide)["qubits"]) == ("", 2)
    assert unusual.problem(three).startswith("It needs a column of 2 values")
    assert classes.context(three)["classes"] == "a\nb\nc"


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (
            "classify",
            ("one of 3 classes ('a', 'b', 'c')", "3 quantum-kernel support vector machines", "chances"),
        ),
        ("regress", ("a number", "20 landmarks", "by alignment with the labels", "ridge regression")),
        ("detect", ("being 'malignant', from others alone", "20% of usual rows", "a Gaussian")),
    ],
)
def test_words_say_what_members_vote_on(task: str, words: tuple[str, ...]) -> None:
    text = " ".join(spec_in_words(machine_spec(CONTENT[task], task, algorithm=METHOD[task])))

    for each in words:
        assert each in text
    assert "carries" in text


@pytest.mark.parametrize(
    ("task", "titles"),
    [
        ("classify", ["How good the chances are"]),
        ("regress", ["How well the numbers are met", "How far off it is"]),
        ("detect", ["How well the unusual is told apart"]),
    ],
)
def test_answers_are_those_of_the_task_alone(results: dict[str, Any], task: str, titles: list[str]) -> None:
    _, files = results[task]
    metrics = json.loads(files["metrics.json"])

    tables = answer_tables(metrics)

    assert [table.title for table in tables] == titles
    assert [answer.words for answer in tables[0].answers if answer.is_quantum] == ["Quantum model"]
    assert all(answer.note for table in tables for answer in table.answers)


def test_answers_of_two_classes_without_a_task_have_no_table() -> None:
    assert answer_tables(job_rows.metrics_document()) == []


@pytest.mark.parametrize("task", CONTENT)
def test_page_of_the_job_and_of_the_model_show_it(owner: Client, results: dict[str, Any], task: str) -> None:
    spec, files = results[task]
    add_trained_model(files=files, spec=spec)

    job, model = owner.get("/jobs/1").text, owner.get("/models/1")

    assert model.status_code == 200
    assert f"Which {task}" in job
    assert ("rows named rightly" in job) == (task == "classify")
    assert ("false alarms" in job) == (task == "detect")
    assert "Quantum model" in job


def test_hostile_matrices_are_left_out(results: dict[str, Any]) -> None:
    metrics = json.loads(results["classify"][1]["metrics.json"])
    quantum, best = class_confusions_of(metrics)
    held_out = sum(split["test_rows"] for split in metrics["splits"])

    assert quantum.rows == best.rows == held_out
    accuracies = [split["quantum"]["accuracy"] * split["test_rows"] for split in metrics["splits"]]
    assert quantum.right == pytest.approx(sum(accuracies))
    for wrong in (
        [[1, 2], [3, 4]],
        [[1, 2, 3]] * 2,
        "abc",
        [[-1, 0, 0]] * 3,
        [[True, 0, 0]] * 3,
        [[1, 2, 3, 4]] * 3,
    ):
        metrics["splits"][0]["quantum"]["confusion"] = wrong
        assert len(class_confusions_of(metrics)) == 1
    assert class_confusions_of(metrics | {"classes": ["one"]}) == []
    assert class_confusions_of(metrics | {"classes": [{}] * 10_000}) == []
