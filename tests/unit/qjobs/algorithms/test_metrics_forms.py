"""The forms of metrics.json: the counts of the newest are true, and the older one still matches."""

import json
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from qjobs.algorithms.machines import metrics as machines
from qjobs.algorithms.preprocessing import Preprocessing
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qsvm.card import model_card
from qjobs.algorithms.qsvm.certificate import certify_qsvm
from qjobs.algorithms.qsvm.job import run_qsvm
from qjobs.algorithms.qsvm.metrics import (
    CONFUSION,
    SCHEMA,
    WITHOUT_BOOTSTRAP,
    WITHOUT_CONFUSION,
    WITHOUT_GEOMETRY,
    forms_of,
)
from qjobs.algorithms.qsvm.model import model_bytes, read_model
from qjobs.algorithms.qsvm.training import group_accuracies, train
from qjobs.algorithms.table import read_table
from qjobs.engines.statevector import StatevectorEngine
from tests.unit.qjobs.algorithms.test_qsvm import IRISES, small_spec, write_csv
from tests.vectors.qjobs.machines import machine_spec, three_classes_csv


@pytest.fixture(scope="module")
def irises(tmp_path_factory):
    spec = small_spec(IRISES)
    return spec, read_table(spec, {1: write_csv(tmp_path_factory.mktemp("irises"), IRISES)})


@pytest.fixture(scope="module")
def result(irises):
    return run_qsvm(*irises)


@pytest.fixture(scope="module")
def metrics(result):
    return result.files["metrics.json"]


def findings(irises, document) -> list[str]:
    """The fields of metrics.json that the certificate finds wrong."""
    found = certify_qsvm(*irises, {"metrics.json": json.dumps(document).encode()})
    return [each.field for each in found if not each.agrees]


def without_bootstrap(document):
    del document["bootstrap_method"]
    for entry in (document["comparison"], *document["models"].values()):
        del entry["bootstrap_interval"]
    return document | {"schema": WITHOUT_BOOTSTRAP}


def without_geometry(document):
    document = without_bootstrap(document)
    del document["geometry"]
    return document | {"schema": WITHOUT_GEOMETRY}


@pytest.mark.parametrize("form", [without_bootstrap, without_geometry])
def test_the_card_of_a_result_in_an_older_form_matches_too(irises, result, metrics, form) -> None:
    older = form(deepcopy(dict(result.metrics)))
    files = {"metrics.json": json.dumps(older).encode(), "README.md": model_card(irises[0], older).encode()}

    assert [each.field for each in certify_qsvm(*irises, files) if not each.agrees] == []
    assert b"\n\n\n" not in files["README.md"]
    newer = {**files, "metrics.json": metrics}
    assert [each.field for each in certify_qsvm(*irises, newer) if not each.agrees] != []
    card = result.files["README.md"].decode()
    assert "geometric difference" in card
    assert "| quantum kernel less " in card


def without_confusion(document):
    document = without_geometry(document)
    for split in document["splits"]:
        for entry in split.values():
            if isinstance(entry, dict):
                del entry[CONFUSION]
    return document | {"schema": WITHOUT_CONFUSION}


def test_confusion_counts_are_those_of_the_accuracies(metrics) -> None:
    document = json.loads(metrics)

    assert document["schema"] == SCHEMA
    for split in document["splits"]:
        for name in document["models"]:
            counts, entry = split[name][CONFUSION], split[name]
            right = counts["true_positive"] + counts["true_negative"]
            positive = counts["true_positive"] + counts["false_negative"]
            assert sum(counts.values()) == split["test_rows"]
            assert right / split["test_rows"] == entry["accuracy"]
            shares = (
                counts["true_positive"] / positive,
                counts["true_negative"] / (split["test_rows"] - positive),
            )
            assert sum(shares) / 2 == pytest.approx(entry["balanced_accuracy"], abs=1e-12)


def test_result_in_any_form_matches(irises, metrics) -> None:
    assert findings(irises, json.loads(metrics)) == []
    assert findings(irises, without_bootstrap(json.loads(metrics))) == []
    assert findings(irises, without_geometry(json.loads(metrics))) == []
    assert findings(irises, without_confusion(json.loads(metrics))) == []


def test_wrong_count_is_named(irises, metrics) -> None:
    document = json.loads(metrics)
    document["splits"][1]["quantum"][CONFUSION]["true_positive"] += 1

    assert findings(irises, document) == [f"metrics.json splits[1].quantum.{CONFUSION}.true_positive"]


@pytest.mark.parametrize(
    "schema", [WITHOUT_CONFUSION, WITHOUT_GEOMETRY, WITHOUT_BOOTSTRAP, "qommons/metrics/9", None, []]
)
def test_form_that_is_not_the_one_it_says_does_not_match(irises, metrics, schema) -> None:
    assert findings(irises, json.loads(metrics) | {"schema": schema})


def named(spec):
    form = {"schema_version": Preprocessing.form}
    return spec.model_copy(update={"preprocessing": spec.preprocessing.model_copy(update=form)})


def test_a_spec_takes_no_form_from_before_what_it_says(irises) -> None:
    of_two, of_three = irises[0], machine_spec(three_classes_csv(), "classify")
    of_noise = small_spec(IRISES, noise_evaluation={"rows": 2})

    assert len(forms_of(of_two)) == 4
    assert forms_of(named(of_two)) == forms_of(of_noise) == (WITHOUT_BOOTSTRAP, SCHEMA)
    assert machines.forms_of(of_three) == machines.SCHEMAS
    assert machines.forms_of(named(of_three)) == machines.SCHEMAS[1:]


def test_a_row_that_is_tested_in_many_splits_counts_once_in_its_group_from_the_newest_form_on(irises) -> None:
    spec, table = irises
    trained = train(spec, table, StatevectorEngine(), ignore_progress, never_cancel)
    tested = trained.splits[0].test[:9]
    twice = replace(trained, splits=[replace(each, test=tested) for each in trained.splits[:2]])
    nine = replace(table, groups={"field": tuple("a" if row in tested else "b" for row in range(len(table)))})

    outcomes = {
        "quantum": [replace(each, decision=each.decision[:9]) for each in twice.outcomes["quantum"][:2]]
    }
    told = [
        group_accuracies(nine, replace(twice, outcomes=outcomes), "quantum", is_row_counted_once=once)
        for once in (False, True)
    ]

    assert told[0]["field"]["a"]["test_rows"] == 18
    assert told[1] == {"field": {}}


def test_a_support_vector_without_a_weight_is_refused(irises, result) -> None:
    spec, table = irises
    model = read_model(result.files["model.safetensors"])
    trained = train(spec, table, StatevectorEngine(), ignore_progress, never_cancel)
    more = np.setdiff1d(np.arange(len(table)), model.support_rows)[:1]
    rows = np.sort(np.append(model.support_rows, more))
    padded = replace(
        model,
        support_rows=rows,
        support_vectors=trained.final_kernel.angles[rows],
        dual_coef=trained.final.solution.weights[rows],
        kernel_sample=trained.final.gram[np.ix_(rows[:32], rows[:32])],
    )

    found = list(certify_qsvm(*irises, {"model.safetensors": model_bytes(padded)}))

    assert [each.field for each in found if not each.agrees] == ["model.safetensors support_rows"]
