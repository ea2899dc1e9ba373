"""Votes of several classes: a machine at 0 may turn them, whatever the scores say, and nothing else may."""

import json
from itertools import product

import numpy as np
import pytest
from safetensors.numpy import load, save

from qjobs.algorithms.machines.card import model_card
from qjobs.algorithms.machines.job import run_machine
from qjobs.algorithms.machines.metrics import BY_SCORES, metrics_of
from qjobs.algorithms.machines.outputs import could_turn, votes
from qjobs.algorithms.machines.rows import read_machine_table
from qjobs.algorithms.machines.training import train
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.svm import MARGIN
from qjobs.engines.registry import open_engine
from tests.vectors.qjobs.machines import machine_spec, table_csv

DICE = np.random.default_rng(23)
PAIRS_OF_FOUR = 6


def test_every_row_that_small_moves_can_turn_is_found_and_no_clear_one_is():
    outputs = DICE.normal(size=(300, PAIRS_OF_FOUR))
    outputs[DICE.random(outputs.shape) < 0.2] *= 1e-8
    said = votes(outputs, 4).argmax(axis=1)
    moves = [MARGIN * np.array(signs) for signs in product((-1, 1), repeat=PAIRS_OF_FOUR)]
    turned = np.any([votes(outputs + move, 4).argmax(axis=1) != said for move in moves], axis=0)

    found = could_turn(outputs, 4, MARGIN)

    is_clear = (np.abs(outputs) > MARGIN).all(axis=1) & (np.diff(np.sort(votes(outputs, 4)))[:, -1] > 1e-5)
    assert 20 < turned.sum() < 200
    assert found[turned].all()
    assert not found[is_clear].any()


def mirrored() -> bytes:
    """Classes a and b, each the other's mirror image; c far from both, but for one row on the mirror, which a
    soft machine gives to them."""
    one = DICE.normal(size=(14, 2)) * 0.2 + [2, 0]
    far = np.column_stack([np.zeros(12), DICE.normal(size=12) * 0.2 + 4])
    rows = np.concatenate([one, one * [-1, 1], far, [[0.0, 0.0]]])
    return table_csv(rows, ["a"] * 14 + ["b"] * 14 + ["c"] * 13)


@pytest.fixture(scope="module")
def posted():
    content = mirrored()
    method = {"c_grid": [0.1], "bandwidth_grid": [1.0], "boosting": None}
    spec = machine_spec(content, "classify", algorithm=method, feature_map={"name": "angle"})
    table = read_machine_table(spec, {1: TableBytes(content)})
    return spec, table, dict(run_machine(spec, table).files)


def wrong(posted, **changed) -> list[str]:
    spec, table, files = posted
    files = files | {name.replace("__", "."): block for name, block in changed.items()}
    found = algorithm_of(spec).certify(spec, table, files, ignore_progress)
    return [each.field for each in found if not each.agrees]


def moved(posted, by: float) -> bytes:
    """The model with the intercept of a against b moved."""
    arrays = load(posted[2]["model.safetensors"])
    return save(arrays | {"intercepts": arrays["intercepts"] + [by, 0, 0]})


def test_row_on_the_mirror_of_two_classes_may_be_named_either_way(posted):
    spec, table, _ = posted
    trained = train(
        spec, table, open_engine(spec.engine, spec.limits.memory_bytes), ignore_progress, never_cancel
    )
    outputs = trained.final.ground.outputs(trained.final.solution)

    assert abs(outputs[-1, 0]) < 1e-9 < min(np.abs(outputs[-1, 1:]))
    for by in (-1e-8, 1e-8):
        assert wrong(posted, model__safetensors=moved(posted, by)) == []


@pytest.mark.parametrize("by", [-3.0, 3.0])
def test_clear_rows_that_are_named_otherwise_are_found(posted, by):
    found = wrong(posted, model__safetensors=moved(posted, by))

    assert {"model.safetensors optimality", "model.safetensors classes"} <= set(found)


def test_metrics_of_the_first_form_match_and_of_an_unknown_one_do_not(posted):
    spec, table, files = posted
    trained = train(
        spec, table, open_engine(spec.engine, spec.limits.memory_bytes), ignore_progress, never_cancel
    )
    older = metrics_of(spec, table, trained, schema=BY_SCORES)
    newer = json.loads(files["metrics.json"])

    card = model_card(spec, older).encode()
    assert wrong(posted, metrics__json=json.dumps(older).encode(), README__md=card) == []
    assert wrong(posted, metrics__json=json.dumps(newer | {"schema": "qommons/metrics/machines/9"}).encode())
