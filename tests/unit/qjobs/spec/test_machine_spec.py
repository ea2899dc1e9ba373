"""Specs of machines with a task: what is refused, and what becomes of documents without a task."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from qjobs.spec import (
    LearningSpec,
    MachineSpec,
    SpecRefused,
    build_spec,
    canonical_bytes,
    estimate,
    json_schema,
    read_spec,
    spec_digest,
)
from tests.vectors.qjobs.machines import machine_fields, machine_spec, numbers_csv, three_classes_csv
from tests.vectors.qjobs.specs import spec_fields

CLASSES, NUMBERS = three_classes_csv(), numbers_csv(30)
TASKS = ("classify", "regress", "detect")


def fields_of(task: str, columns: dict | None = None, method: dict | None = None) -> dict:
    fields = machine_fields(NUMBERS if task == "regress" else CLASSES, task, algorithm=method or {})
    fields["datasets"][0]["columns"] |= columns or {}
    return fields


def test_a_document_without_a_task_is_still_of_two_classes_with_the_digest_it_had():
    spec = build_spec(spec_fields())

    assert type(spec) is LearningSpec
    assert b'"task"' not in canonical_bytes(spec)
    assert spec_digest(spec) == "0x8dae8e1f2630312632350e582c00a29188610074ff4e8b8656843232aefa774c"


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_canonical_form_that_is_read_back_and_valid(task):
    spec = build_spec(fields_of(task))

    assert isinstance(spec, MachineSpec)
    assert read_spec(canonical_bytes(spec)) == spec
    assert Draft202012Validator(json_schema()).is_valid(json.loads(canonical_bytes(spec)))
    assert spec.algorithm.name == "qsvm"


@pytest.mark.parametrize(
    ("task", "method", "field", "words"),
    [
        ("classify", {"task": "dream"}, "algorithm", "the task is none of classify, regress, detect"),
        ("classify", {"landmarks": 1}, "algorithm.landmarks", "greater than or equal to 2"),
        ("classify", {"landmarks": 2001}, "algorithm.landmarks", "less than or equal to 2000"),
        ("classify", {"epsilon_grid": [0.1]}, "algorithm.epsilon_grid", "Extra inputs"),
        ("classify", {"bandwidth_by": "taste"}, "algorithm.bandwidth_by", "'validation' or 'alignment'"),
        ("classify", {"c_grid": [1, 0.1]}, "algorithm.c_grid", "must increase"),
        ("classify", {"c_grid": []}, "algorithm.c_grid", "at least 1 item"),
        ("classify", {"inner_folds": 1}, "algorithm.inner_folds", "greater than or equal to 2"),
        ("regress", {"epsilon_grid": [0]}, "algorithm.epsilon_grid.0", "greater than 0"),
        ("regress", {"is_calibrated": True}, "algorithm.is_calibrated", "Extra inputs"),
        ("regress", {"boosting": {"trees": 501}}, "algorithm.boosting.trees", "less than or equal to 500"),
        ("detect", {"outlier_share": 0.6}, "algorithm.outlier_share", "less than or equal to 0.5"),
        ("detect", {"outlier_share": 0}, "algorithm.outlier_share", "greater than or equal to 0.01"),
        ("detect", {"landmarks": 50}, "algorithm.landmarks", "Extra inputs"),
        ("detect", {"boosting": {}}, "algorithm.boosting", "Extra inputs"),
    ],
)
def test_bad_methods_are_refused_with_field_and_limit(task, method, field, words):
    with pytest.raises(SpecRefused) as refused:
        build_spec(fields_of(task, method=method))

    assert field in {problem.field for problem in refused.value.problems}
    assert any(words in problem.message for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("task", "columns", "words"),
    [
        ("classify", {"classes": ["a"]}, "at least 2 items"),
        ("classify", {"classes": [str(each) for each in range(21)]}, "at most 20 items"),
        ("classify", {"classes": ["a", "b", "a"]}, "names a class twice"),
        ("classify", {"label": "x0"}, "the label 'x0' is also a feature"),
        ("regress", {"classes": ["a", "b"]}, "to regress, the columns must name neither classes"),
        ("regress", {"positive_label": "a"}, "to regress, the columns must name neither classes"),
        ("detect", {"classes": ["a", "b"]}, "Extra inputs"),
    ],
)
def test_columns_that_do_not_fit_the_task_are_refused_in_words(task, columns, words):
    with pytest.raises(SpecRefused) as refused:
        build_spec(fields_of(task, columns))

    assert any(words in problem.message for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"qubits": 5}, "5 qubits need 5 principal components, the data has 4 features"),
        ({"qubits": 40}, "the limit is 20"),
        ({"parent_models": ["3"]}, "starts from no other model"),
        ({"shots": 100}, "Input should be null"),
        ({"engine": "aer"}, "is trained on exact states"),
    ],
)
def test_what_no_machine_does_is_refused_with_the_number(changes, words):
    with pytest.raises(SpecRefused) as refused:
        build_spec({**fields_of("classify"), **changes})

    assert any(words in problem.message for problem in refused.value.problems)


def test_rows_without_end_are_refused_with_memory_and_limit_and_landmarks_take_more_of_them():
    every, few = (machine_spec(CLASSES, "classify", algorithm={"landmarks": count}) for count in (None, 100))

    assert "30000 rows and 2 qubits need" in estimate(every, 30_000).refusals[0]
    assert estimate(few, 30_000).refusals == () or "memory" not in estimate(few, 30_000).refusals[0]
    assert estimate(few, 10**7).refusals
    assert (estimate(every, 500).rows_carried_max, estimate(few, 500).rows_carried_max) == (500, 100)


@given(rows=st.integers(20, 100_000), landmarks=st.none() | st.integers(2, 2000), folds=st.integers(2, 10))
@settings(max_examples=40, deadline=None)
def test_estimate_grows_with_rows_folds_and_settings(rows, landmarks, folds):
    method = {"landmarks": landmarks, "inner_folds": folds}
    cost = estimate(machine_spec(CLASSES, "classify", algorithm=method), rows)

    assert (
        cost.cpu_seconds
        <= estimate(machine_spec(CLASSES, "classify", algorithm=method), 2 * rows).cpu_seconds
    )
    wider = method | {"c_grid": [0.1, 1, 10, 100]}
    assert cost.cpu_seconds <= estimate(machine_spec(CLASSES, "classify", algorithm=wider), rows).cpu_seconds
    assert cost.circuits > 0
    assert cost.rows_carried_max == (rows if landmarks is None else min(rows, landmarks))
