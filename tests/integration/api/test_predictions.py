"""Predictions with a posted model: the artefact's own decisions, for those alone who have a right to them."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.views import APIView

from accounts.models import User
from common.throttles import WalletThrottle
from marketplace.models import Right, SubjectKind
from qjobs.algorithms.qpca.job import run_qpca
from qjobs.algorithms.qpca.model import project_qpca
from qjobs.algorithms.qpca.rows import read_features
from qjobs.algorithms.qsvm.model import read_model, read_preprocessing
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.algorithms.rows import TableBytes
from qjobs.engines.registry import open_engine
from qjobs.services import predictions
from tests.fakes import rows
from tests.fakes.posted_models import SPEC, add_predict_pass, add_trained_model, artefact, irises
from tests.vectors.qjobs.reductions import FLOWERS, reduction_spec

pytestmark = pytest.mark.django_db
FEATURES = irises().feature_names
ROWS = irises().features[:6] + 0.0123456789
Ask = Callable[..., Any]


@pytest.fixture
def ask() -> Ask:
    """Posts to the model as the wallet; gives the answer."""

    def asked(body: object, *, wallet: str = rows.RESEARCHER, model_id: int = 1) -> Any:
        client = Client(raise_request_exception=True)
        if wallet:
            user, _ = User.objects.get_or_create(address=wallet)
            client.force_login(user, backend="accounts.backends.WalletBackend")
        return client.post(f"/api/v1/models/{model_id}/predict", body, content_type="application/json")

    return asked


def named(numbers: np.ndarray) -> list[dict[str, float]]:
    return [dict(zip(FEATURES, row, strict=True)) for row in numbers.tolist()]


def own_decisions(numbers: np.ndarray) -> list[float]:
    model, reduction = read_model(artefact()[MODEL_FILE]), read_preprocessing(artefact()[PREPROCESSING_FILE])
    return model.decision(open_engine(SPEC.engine), SPEC.feature_map, reduction, numbers).tolist()


def test_owner_gets_the_artefacts_own_decisions_bit_by_bit(ask: Ask) -> None:
    add_trained_model()

    answer = ask({"rows": named(ROWS)})

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [one["decision"] for one in found["results"]] == own_decisions(ROWS)
    assert [one["is_positive"] for one in found["results"]] == [one > 0 for one in own_decisions(ROWS)]
    assert (found["label"], found["positive_label"]) == ("target", SPEC.datasets[0].columns.positive_label)


def test_new_rows_get_their_coordinates_on_the_main_directions_bit_by_bit(ask: Ask) -> None:
    spec = reduction_spec(splits={"count": 2})
    flowers = read_features(spec, {1: TableBytes(FLOWERS)})
    files = dict(run_qpca(spec, flowers).files)
    add_trained_model(files=files, spec=spec)
    new = flowers.values[:4] + 0.0123456789

    answer = ask({"rows": [dict(zip(flowers.names, row, strict=True)) for row in new.tolist()]})

    assert answer.status_code == 200, answer.text
    found = answer.json()
    own = project_qpca(spec, files, new)
    assert [one["scores"] for one in found["results"]] == own.tolist()
    assert [one["decision"] for one in found["results"]] == own[:, 0].tolist()
    assert not any(one["is_positive"] or one["class_name"] for one in found["results"])
    assert (found["label"], found["classes"]) == ("", [])


def test_holder_of_a_pass_predicts_a_table_whose_other_columns_are_left_out(ask: Ask) -> None:
    add_trained_model()
    add_predict_pass(4)
    lines = [",".join(["name", *reversed(FEATURES)])]
    lines += [",".join(["x", *map(repr, reversed(row))]) for row in ROWS.tolist()]

    answer = ask({"csv": "\r\n".join(lines)}, wallet=rows.MEMBER)

    assert answer.status_code == 200, answer.text
    assert answer.json()["pass_id"] == "4"
    assert [one["decision"] for one in answer.json()["results"]] == own_decisions(ROWS)


@pytest.mark.attack("S36")
@pytest.mark.parametrize(
    "fields",
    [
        {"model_id": 2},
        {"subject_kind": SubjectKind.DATASET},
        {"right": Right.COMPUTE},
        {"is_revoked": True},
        {"expires_at": rows.NOW - 10},
        {"uses_total": 3, "uses_left": 0},
        {"first_version": 2},
        {"holder": rows.EXECUTOR},
    ],
)
def test_pass_that_is_not_for_this_now_gives_nothing(ask: Ask, fields: dict[str, Any]) -> None:
    add_trained_model()
    add_predict_pass(1, **fields)

    refused = ask({"rows": named(ROWS)}, wallet=rows.MEMBER)

    assert refused.status_code == 403
    assert "Only the owner of model 1 and holders of its passes" in refused.json()["error"]["message"]


def test_visitor_without_a_wallet_is_asked_to_sign_in(ask: Ask) -> None:
    add_trained_model()

    assert ask({"rows": named(ROWS)}, wallet="").status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 422, "give rows or csv"),
        ({"rows": [], "csv": ""}, 422, "give rows or csv"),
        ({"rows": []}, 422, "no row to predict"),
        ({"rows": [{FEATURES[0]: 1.0}]}, 422, f"Row 1 lacks '{FEATURES[1]}'"),
        ({"rows": [dict.fromkeys([*FEATURES, "colour"], 1.0)]}, 422, "'colour', unknown to the model"),
        ({"rows": [dict.fromkeys(FEATURES, "1")]}, 422, "valid number"),
        ({"rows": [dict.fromkeys(FEATURES, 10**400)]}, 400, "a number is larger than any"),
        ({"rows": [dict.fromkeys(FEATURES, True)]}, 422, "valid number"),
        ({"rows": [{}] * 1001}, 422, "at most 1000"),
        ({"csv": ""}, 422, "no column"),
        ({"csv": ",".join(FEATURES)}, 422, "no row to predict"),
        ({"csv": ",".join([*FEATURES, FEATURES[0]]) + "\n1,2,3,4,5"}, 422, "more than one column"),
        ({"csv": ",".join(FEATURES) + "\n1,2,3"}, 422, "Row 1 has 3 cells"),
        ({"csv": ",".join(FEATURES) + "\n1,2,3,inf"}, 422, "is not a finite number"),
        ({"csv": ",".join(FEATURES) + '\n1,2,"3'}, 422, "is not CSV"),
        ({"csv": ",".join(FEATURES) + "\n1,2,3,4" * 1001}, 413, "At most 1,000 rows"),
    ],
)
def test_rows_that_the_model_cannot_read_are_refused_in_words(
    ask: Ask, body: object, status: int, words: str
) -> None:
    add_trained_model()

    refused = ask(body)

    assert refused.status_code == status, refused.text
    assert words in refused.json()["error"]["message"]


def test_model_that_there_is_not_is_not_found(ask: Ask) -> None:
    assert ask({"rows": named(ROWS)}, model_id=9).status_code == 404


@pytest.mark.parametrize("name", [MODEL_FILE, PREPROCESSING_FILE])
@pytest.mark.attack("S31")
def test_model_with_a_poisoned_file_is_refused_in_words(ask: Ask, name: str) -> None:
    add_trained_model(files={**artefact(), name: b"cos\nsystem\n(S'true'\ntR."})

    refused = ask({"rows": named(ROWS)})

    assert refused.status_code in {400, 409}
    assert "model" in refused.json()["error"]["message"].lower()


def test_prediction_while_others_are_made_says_when_to_come_back(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_trained_model()
    monkeypatch.setattr(predictions, "PATIENCE_SECONDS", 0.01)
    for _ in range(predictions.AT_ONCE):
        assert predictions._places.acquire(timeout=60)
    try:
        refused = ask({"rows": named(ROWS)})
    finally:
        for _ in range(predictions.AT_ONCE):
            predictions._places.release()

    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "predictor_busy")
    assert refused["Retry-After"]
    assert ask({"rows": named(ROWS)}).status_code == 200


@pytest.mark.attack("S35")
def test_predictions_over_the_limit_are_refused_with_the_seconds_to_wait(
    ask: Ask, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = {"read": "9/hour", "act": "9/hour", "costly": "1/hour"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    monkeypatch.setattr(APIView, "throttle_classes", [WalletThrottle])
    cache.clear()
    add_trained_model()
    add_predict_pass(4)

    answers = [
        ask({"rows": named(ROWS)}, wallet=wallet) for wallet in (rows.RESEARCHER,) * 2 + (rows.MEMBER,)
    ]
    cache.clear()

    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert 0 < int(answers[1]["Retry-After"]) <= 3600
    assert answers[1].json()["error"]["code"] == "throttled"


def test_web_process_that_offers_predictions_has_neither_qiskit_nor_scikit_learn() -> None:
    program = (
        "import django; django.setup(); import config.urls, sys; print({'qiskit','sklearn'} & {*sys.modules})"
    )

    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"DJANGO_SETTINGS_MODULE": "config.settings.base", "LANG": "C.UTF-8"},
    )

    assert told.stdout.strip() == "set()"
