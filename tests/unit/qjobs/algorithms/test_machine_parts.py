"""Votes, chances, calibration, alignment and scores of machines, each against another way to the number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.datasets import load_iris
from sklearn.metrics import balanced_accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVC

from qjobs.algorithms.machines.alignment import alignment, centred, label_kernel
from qjobs.algorithms.machines.calibration import sigmoid_of, sigmoid_slope, wanted_chances
from qjobs.algorithms.machines.outputs import chances, pairs_of, votes
from qjobs.algorithms.machines.scores import chance_score, class_score, unusual_score
from qjobs.algorithms.svm import solve_svm

FEATURES, CLASSES = load_iris(return_X_y=True)
DICE = np.random.default_rng(5)

outputs_of_four = npst.arrays(np.float64, (7, 6), elements=st.floats(-50, 50))


def test_votes_name_the_classes_that_libsvm_names():
    kernel = rbf_kernel(FEATURES, gamma=0.2)
    machine = SVC(C=1, kernel="precomputed", decision_function_shape="ovo", tol=1e-9).fit(kernel, CLASSES)
    columns = []
    for first, second in pairs_of(3):
        rows = np.flatnonzero((first == CLASSES) | (second == CLASSES))
        solution = solve_svm(kernel[np.ix_(rows, rows)], CLASSES[rows] == first, 1.0)
        columns.append(kernel[:, rows] @ solution.weights + solution.intercept)

    outputs = np.column_stack(columns)

    assert np.abs(outputs - machine.decision_function(kernel)).max() < 1e-5
    assert np.array_equal(votes(outputs, 3).argmax(axis=1), machine.predict(kernel))


@given(outputs_of_four)
@settings(max_examples=50, deadline=None)
def test_chances_are_chances_and_follow_the_order_of_classes(outputs):
    sigmoids = np.column_stack([np.full(6, 1.5), np.linspace(-1, 1, 6)])

    found = chances(outputs, sigmoids, 4)

    assert np.allclose(found.sum(axis=1), 1)
    assert (found >= 0).all()
    swapped = [(3 - second, 3 - first) for first, second in pairs_of(4)]
    order = [swapped.index(pair) for pair in pairs_of(4)]
    mirrored = chances(-outputs[:, order], sigmoids[order] * [1, -1], 4)
    assert np.allclose(mirrored[:, ::-1], found, atol=1e-6)


def test_chances_of_two_classes_are_the_sigmoid_itself():
    outputs = DICE.normal(size=(20, 1)) * 3

    found = chances(outputs, np.array([[2.0, -0.5]]), 2)

    assert np.allclose(found[:, 0], expit(2 * outputs[:, 0] - 0.5), atol=1e-9)


def test_chances_are_the_nearest_to_those_of_all_pairs():
    outputs, sigmoids = DICE.normal(size=(3, 3)), np.array([[1.0, 0.0]] * 3)

    def distance(guess, shares):
        return sum(
            ((1 - share) * guess[first] - share * guess[second]) ** 2
            for share, (first, second) in zip(shares, pairs_of(3), strict=True)
        )

    for row, shares in zip(chances(outputs, sigmoids, 3), expit(outputs), strict=True):
        theirs = minimize(
            distance,
            np.full(3, 1 / 3),
            args=(shares,),
            bounds=[(0, 1)] * 3,
            constraints={"type": "eq", "fun": lambda guess: guess.sum() - 1},
            tol=1e-14,
        )
        assert np.abs(row - theirs.x).max() < 1e-5


def test_outputs_without_end_still_give_chances():
    found = chances(np.array([[1e6, 1e6, -1e6], [-1e6, 1e6, -1e6]]), np.array([[5.0, 0.0]] * 3), 3)

    assert np.isfinite(found).all()
    assert np.allclose(found[0], [1, 0, 0], atol=1e-6)


def test_sigmoid_is_where_another_solver_ends_and_nowhere_else():
    outputs = DICE.normal(size=200)
    is_first = DICE.random(200) < expit(2 * outputs - 0.7)

    found = sigmoid_of(outputs, is_first)

    wanted = wanted_chances(is_first)
    theirs = minimize(
        lambda guess: log_loss_of(wanted, outputs, guess), np.zeros(2), method="Nelder-Mead", tol=1e-12
    ).x
    assert np.abs(found - theirs).max() < 1e-4
    assert np.abs(sigmoid_slope(outputs, is_first, found)).max() < 1e-9
    assert np.abs(sigmoid_slope(outputs, is_first, found + 0.001)).max() > 1e-3
    assert abs(found[0] - 2) < 0.8


def log_loss_of(wanted, outputs, guess):
    turned = outputs * guess[0] + guess[1]
    return float((np.logaddexp(0, turned) - wanted * turned).sum())


def test_sigmoid_of_sides_that_never_mix_stays_finite():
    outputs = np.concatenate([np.full(10, 3.0), np.full(12, -3.0)])

    slope, offset = sigmoid_of(outputs, outputs > 0)

    assert np.isclose(expit(3 * slope + offset), 11 / 12)
    assert np.isclose(expit(-3 * slope + offset), 1 / 14)


def test_alignment_is_1_for_the_labels_own_kernel_and_small_for_noise():
    labels = label_kernel(CLASSES.astype(float), 3)

    assert np.isclose(alignment(labels, labels), 1)
    assert np.isclose(alignment(5 * labels + 3, labels), 1)
    assert abs(alignment(rbf_kernel(DICE.normal(size=(150, 4))), labels)) < 0.15
    assert alignment(rbf_kernel(FEATURES, gamma=0.2), labels) > 0.6
    assert alignment(np.ones((150, 150)), labels) == 0
    numbers = label_kernel(FEATURES[:, 2], 0)
    assert alignment(rbf_kernel(FEATURES[:, 2:3], gamma=0.05), numbers) > 0.8


def test_a_centred_kernel_gives_the_same_machine():
    rows = np.flatnonzero(CLASSES > 0)
    kernel = rbf_kernel(FEATURES[rows], gamma=0.2)

    plain, moved = (solve_svm(each, CLASSES[rows] == 1, 1.0) for each in (kernel, centred(kernel)))

    assert np.abs(centred(kernel).sum(axis=0)).max() < 1e-9
    assert np.abs(plain.decision(kernel) - moved.decision(centred(kernel))).max() < 1e-7


def test_scores_of_classes_are_scikit_learns():
    target = np.repeat([0, 1, 2], [20, 10, 5])
    told = DICE.dirichlet([1, 1, 1], 35)
    said = told.argmax(axis=1)

    found = class_score(target, told) | chance_score(target, told)

    assert found["accuracy"] == (said == target).mean()
    assert np.isclose(found["balanced_accuracy"], balanced_accuracy_score(target, said))
    assert np.isclose(found["macro_f1"], f1_score(target, said, average="macro"))
    assert np.isclose(found["log_loss"], log_loss(target, told))
    assert np.sum(found["confusion"]) == 35
    assert np.trace(found["confusion"]) == (said == target).sum()


def test_chances_that_are_always_right_have_no_calibration_error():
    target = np.array([0, 1, 2] * 10)

    sure = chance_score(target, np.eye(3)[target])
    wrong = chance_score(target, np.eye(3)[(target + 1) % 3])

    assert (sure["calibration_error"], sure["brier"]) == (0, 0)
    assert (wrong["calibration_error"], wrong["brier"]) == (1, 2)


@pytest.mark.parametrize("ties", [False, True])
def test_area_under_the_curve_is_scikit_learns(ties):
    is_unusual = DICE.random(60) < 0.3
    answers = DICE.normal(size=60) + is_unusual
    answers = np.round(answers) if ties else answers

    found = unusual_score(is_unusual, answers)

    assert np.isclose(found["auc"], roc_auc_score(is_unusual, answers))
    assert np.isclose(found["balanced_accuracy"], balanced_accuracy_score(is_unusual, answers > 0))
    assert sum(found["confusion"].values()) == 60
