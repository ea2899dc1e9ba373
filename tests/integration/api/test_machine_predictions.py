"""Predictions with machines that name one of several classes, a number, or what is unusual, over the API."""

from typing import Any

import numpy as np
import pytest
from django.test import Client
from threadpoolctl import threadpool_limits

from accounts.models import User
from qjobs.algorithms.machines.job import run_machine
from qjobs.algorithms.machines.rows import read_machine_table
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from tests.fakes import rows
from tests.fakes.posted_models import add_trained_model
from tests.vectors.qjobs.machines import machine_spec, marks_csv, numbers_csv, three_classes_csv

pytestmark = pytest.mark.django_db
CASES = {
    "classify": three_classes_csv(),
    "regress": numbers_csv(80),
    "detect": marks_csv(),
}


def asked(task: str) -> tuple[dict[str, Any], np.ndarray]:
    """The owner's answer from the API, and the artefact's own."""
    content = CASES[task]
    method = {"is_calibrated": True} if task == "classify" else {}
    spec = machine_spec(content, task, algorithm=method)
    table = read_machine_table(spec, {1: TableBytes(content)})
    with threadpool_limits(limits=1):
        files = dict(run_machine(spec, table).files)
    add_trained_model(files=files, spec=spec)
    features = table.rows.features[::20][:5] + 0.001
    client = Client(raise_request_exception=True)
    user, _ = User.objects.get_or_create(address=rows.RESEARCHER)
    client.force_login(user, backend="accounts.backends.WalletBackend")
    body = {"rows": [dict(zip(table.feature_names, row, strict=True)) for row in features.tolist()]}

    answer = client.post("/api/v1/models/1/predict", body, content_type="application/json")

    assert answer.status_code == 200, answer.text
    return answer.json(), algorithm_of(spec).predict(spec, files, features)


def test_classes_are_named_with_the_chances_of_all_bit_by_bit():
    found, own = asked("classify")

    assert found["classes"] == ["a", "b", "c"]
    assert found["positive_label"] == ""
    assert [one["scores"] for one in found["results"]] == own.tolist()
    assert [one["class_name"] for one in found["results"]] == [("abc")[place] for place in own.argmax(axis=1)]
    assert [one["decision"] for one in found["results"]] == own.max(axis=1).tolist()
    assert not any(one["is_positive"] for one in found["results"])
    assert all(sum(one["scores"]) == pytest.approx(1) for one in found["results"])


def test_number_is_the_answer_itself():
    found, own = asked("regress")

    assert [one["decision"] for one in found["results"]] == own.tolist()
    assert {(one["class_name"], tuple(one["scores"])) for one in found["results"]} == {("", ())}
    assert found["classes"] == []


def test_what_is_unusual_is_above_0():
    found, own = asked("detect")

    assert found["positive_label"] == "malignant"
    assert [one["decision"] for one in found["results"]] == own.tolist()
    assert [one["is_positive"] for one in found["results"]] == (own > 0).tolist()
