"""Intervals by drawing test parts, and rows in each, again."""

import time

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from qjobs.algorithms import statistics
from qjobs.algorithms.machines.scores import redrawn_curves
from qjobs.algorithms.statistics import (
    bootstrap_interval,
    drawn_counts,
    explained_by_row,
    redrawn_rows,
    with_bootstrap,
)
from qjobs.spec.costs.redrawing import redrawing_seconds
from qjobs.spec.parts import Splits


def test_the_interval_is_the_one_that_results_were_posted_with():
    dice = np.random.default_rng(0)
    found = bootstrap_interval([dice.normal(size=20) for _ in range(5)])

    assert found == (-0.1504022852609077, 0.34875473104180504)


def test_the_interval_is_as_wide_as_parts_and_the_rows_in_them_vary():
    dice = np.random.default_rng(5)
    parts = [mean + dice.normal(size=30) for mean in (0.6, 0.65, 0.7, 0.75, 0.8, 0.9)]
    low, high = bootstrap_interval(parts)

    means = [part.mean() for part in parts]
    error = np.sqrt((np.var(means) + np.mean([part.var() / 30 for part in parts])) / len(parts))
    assert low == pytest.approx(np.mean(means) - 1.96 * error, abs=0.15 * error)
    assert high == pytest.approx(np.mean(means) + 1.96 * error, abs=0.15 * error)


def test_the_mean_of_explained_rows_is_r2_and_nothing_explains_numbers_that_are_all_equal():
    dice = np.random.default_rng(5)
    target = dice.normal(size=30)
    answers = target + 0.3 * dice.normal(size=30)

    r2 = 1 - ((answers - target) ** 2).sum() / ((target - target.mean()) ** 2).sum()
    assert explained_by_row(target, answers).mean() == pytest.approx(r2, abs=1e-12)
    assert not explained_by_row(np.full(30, 0.1), answers).any()


@pytest.mark.parametrize("ties", [False, True])
def test_an_area_of_rows_drawn_again_is_scikit_learns(ties):
    dice = np.random.default_rng(5)
    is_unusual = np.arange(40) % 4 == 0
    answers = [np.round(dice.normal(size=40), 0 if ties else 9) for _ in range(3)]
    redraw = redrawn_curves(is_unusual, answers)

    found = redraw(np.random.default_rng(8), 3)

    (counts,) = drawn_counts(np.random.default_rng(8), 3, 10, 30)
    for draw, (mine, theirs) in enumerate(zip(*counts, strict=True)):
        rows = np.repeat(
            np.concatenate([np.flatnonzero(is_unusual), np.flatnonzero(~is_unusual)]), [*mine, *theirs]
        )
        assert len(set(rows)) < 40
        assert found[draw] == pytest.approx(
            [roc_auc_score(is_unusual[rows], each[rows]) for each in answers], abs=1e-12
        )


def test_rows_are_drawn_as_many_as_there_are_and_each_as_often_as_any_other(monkeypatch):
    monkeypatch.setattr(statistics, "ENTRIES_AT_ONCE", 1000)

    blocks = list(drawn_counts(np.random.default_rng(3), 400, 5, 20))

    few, many = (np.concatenate(each) for each in zip(*blocks, strict=True))
    assert [len(each) for each, _ in blocks] == [40] * 10
    assert (few.sum(axis=1) == 5).all()
    assert (many.sum(axis=1) == 20).all()
    assert many.mean(axis=0) == pytest.approx(np.ones(20), abs=0.2)
    assert many.var() == pytest.approx(1 - 1 / 20, abs=0.1)


def test_rows_drawn_again_are_scored_by_how_often_each_is_drawn():
    scores = [np.arange(30.0), np.arange(30.0) % 2]

    found = redrawn_rows(scores)(np.random.default_rng(3), 7)

    (counts,) = (each for (each,) in drawn_counts(np.random.default_rng(3), 7, 30))
    means = [[np.repeat(each, times).mean() for each in scores] for times in counts]
    assert found == pytest.approx(np.array(means), abs=1e-12)


def test_the_intervals_of_a_large_job_take_about_what_the_estimate_has_for_them():
    dice = np.random.default_rng(0)
    told_seconds = redrawing_seconds(Splits(count=5, test_fraction=0.5), 2000, 6, score="ranks")
    is_unusual = dice.random(1000) < 0.2
    parts = [redrawn_curves(is_unusual, [dice.random(1000) for _ in range(6)])] * 5
    started = time.process_time()

    statistics._redrawn_means(parts)

    assert time.process_time() - started < 10 * told_seconds


def document(**more):
    models = {"quantum": {}, "linear_all": {}, "rbf_all": {}}
    return {"models": models, "comparison": {"baseline": "rbf_all"}, "verdict": "told", **more}


def test_models_are_compared_on_the_same_rows_and_each_has_an_interval_of_its_own():
    hard, easy = np.repeat([0.0, 1.0], 20), np.repeat([0.0, 1.0], [4, 36])
    parts = [redrawn_rows([hard, easy, hard]) for _ in range(3)]

    found = with_bootstrap(document(), parts, "quantum")

    intervals = {name: each["bootstrap_interval"] for name, each in found["models"].items()}
    assert intervals["quantum"] == intervals["rbf_all"]
    assert intervals["quantum"][0] < 0.45
    assert 0.55 < intervals["quantum"][1] < intervals["linear_all"][0]
    assert found["comparison"] == {"baseline": "rbf_all", "bootstrap_interval": [0.0, 0.0]}
    assert found["verdict"] == "told"


def test_the_difference_is_quantum_less_the_named_baseline():
    better, worse = np.ones(20), np.repeat([0.0, 1.0], 10)
    parts = [redrawn_rows([better, better, worse]), redrawn_rows([better, better, worse])]

    low, high = with_bootstrap(document(), parts, "quantum")["comparison"]["bootstrap_interval"]

    assert 0.2 < low < 0.5 < high < 0.8
