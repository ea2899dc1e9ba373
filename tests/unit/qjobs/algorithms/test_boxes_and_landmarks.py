"""Solvers of machines against other programs, and against what makes a solution the best one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.datasets import load_diabetes
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVR, OneClassSVM

from qjobs.algorithms.boxes import (
    regression_residual,
    solve_regression,
    solve_usual,
    usual_residual,
)
from qjobs.algorithms.landmarks import (
    Problem,
    coordinates_of,
    landmark_rows,
    numbers,
    root_of,
    sides,
    slopes_of,
    weights_on_landmarks,
)
from qjobs.algorithms.svm import SvmSolution

FEATURES, TARGET = load_diabetes(return_X_y=True)
ROWS = FEATURES[:150] / FEATURES.std()
NUMBERS = (TARGET[:150] - TARGET[:150].mean()) / TARGET[:150].std()
KERNEL = rbf_kernel(ROWS, gamma=0.1)


@pytest.mark.parametrize(("c", "epsilon"), [(0.1, 0.1), (1.0, 0.3), (10.0, 0.05), (100.0, 0.3), (1.0, 50.0)])
def test_regression_is_optimal_and_answers_as_libsvm_does(c, epsilon):
    solution = solve_regression(KERNEL, NUMBERS, c, epsilon)

    theirs = SVR(C=c, epsilon=epsilon, kernel="precomputed", tol=1e-8).fit(KERNEL, NUMBERS).predict(KERNEL)
    assert regression_residual(KERNEL, NUMBERS, c, epsilon, solution) < 1e-9
    assert np.abs(solution.decision(KERNEL) - theirs).max() < 1e-4
    assert abs(solution.weights.sum()) < 1e-9
    assert np.abs(solution.weights).max() <= c


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_one_class_machine_is_optimal_and_leaves_out_the_share(share):
    solution = solve_usual(KERNEL, share)

    theirs = OneClassSVM(nu=share, kernel="precomputed", tol=1e-8).fit(KERNEL).decision_function(KERNEL)
    answers = solution.decision(KERNEL)
    assert usual_residual(KERNEL, share, solution) < 1e-9
    assert np.abs(answers - theirs / (share * len(KERNEL))).max() < 1e-6
    assert (answers < -1e-9).mean() <= share + 1e-9
    assert (np.abs(solution.weights) > 0).mean() >= share - 1e-9


@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(3, 25),
    width=st.floats(0.01, 10),
    c=st.floats(0.01, 1000),
    epsilon=st.floats(0, 2),
)
@settings(max_examples=60, deadline=None)
def test_no_other_weights_of_a_regression_cost_less(seed, rows, width, c, epsilon):
    dice = np.random.default_rng(seed)
    kernel, target = rbf_kernel(dice.normal(size=(rows, 2)), gamma=width), dice.normal(size=rows)
    solution = solve_regression(kernel, target, c, epsilon)

    def cost(weights):
        return weights @ kernel @ weights / 2 - target @ weights + epsilon * np.abs(weights).sum()

    best = cost(solution.weights)
    for _ in range(20):
        moved = np.clip(solution.weights + dice.normal(size=rows) * dice.choice([1e-6, 1e-3, 1]), -c, c)
        moved = moved - moved.mean()
        if np.abs(moved).max() <= c:
            assert cost(moved) >= best - 1e-7 * max(1.0, abs(best))
    assert regression_residual(kernel, target, c, epsilon, solution) < 1e-6 * max(1.0, c)


@pytest.mark.parametrize("change", ["weight", "intercept", "sum"])
def test_residual_of_weights_that_are_not_optimal_is_not_small(change):
    solution = solve_regression(KERNEL, NUMBERS, 1.0, 0.3)
    weights, intercept = solution.weights.copy(), solution.intercept
    row = int(np.flatnonzero((np.abs(weights) > 0.1) & (np.abs(weights) < 0.9))[0])
    if change == "weight":
        weights[row] += 0.001
        weights[row + 1] -= 0.001
    elif change == "sum":
        weights[row] += 0.001
    else:
        intercept += 0.001

    assert regression_residual(KERNEL, NUMBERS, 1.0, 0.3, SvmSolution(weights, intercept)) > 1e-4


def test_weights_that_do_not_sum_as_they_should_are_not_optimal():
    flat = np.zeros((4, 4))

    assert usual_residual(flat, 0.5, SvmSolution(np.full(4, 0.25), 0.0)) == 0
    assert usual_residual(flat, 0.5, SvmSolution(np.full(4, 0.2), 0.0)) == pytest.approx(0.2)


def objective(coordinates, target, c, epsilon, unknowns):
    answers = coordinates @ unknowns[:-1] + unknowns[-1]
    if epsilon is None:
        lost = np.maximum(0, 1 - target * answers)
    else:
        lost = np.maximum(0, np.abs(target - answers) - epsilon)
    return unknowns[:-1] @ unknowns[:-1] / 2 + c * (lost**2).sum()


@pytest.mark.parametrize("epsilon", [None, 0.0, 0.3])
@pytest.mark.parametrize("c", [0.1, 10.0])
def test_machine_on_landmarks_costs_no_more_than_what_another_solver_finds(c, epsilon):
    few = landmark_rows(len(ROWS), 20, seed=7)
    coordinates = coordinates_of(root_of(KERNEL[np.ix_(few, few)]), KERNEL[:, few])
    target = np.where(NUMBERS > 0, 1.0, -1.0) if epsilon is None else NUMBERS
    problem = Problem(coordinates, sides(target) if epsilon is None else numbers(target, epsilon), c)

    solution = problem.solved()

    found = np.append(solution.weights, solution.intercept)
    theirs = minimize(
        lambda unknowns: objective(coordinates, target, c, epsilon, unknowns), np.zeros(21), method="L-BFGS-B"
    )
    assert problem.residual(solution) < 1e-8
    assert objective(coordinates, target, c, epsilon, found) <= theirs.fun + 1e-9
    assert np.abs(problem.answers(found) - problem.answers(theirs.x)).max() < 0.02
    assert problem.residual(SvmSolution(solution.weights + 1e-4, solution.intercept)) > 1e-5


def test_landmarks_are_drawn_by_the_seed_alone():
    first = landmark_rows(1000, 50, seed=7)

    assert np.array_equal(first, landmark_rows(1000, 50, seed=7))
    assert len(set(first)) == 50
    assert (np.diff(first) > 0).all()
    assert not np.array_equal(first, landmark_rows(1000, 50, seed=8))
    assert len(landmark_rows(10, 50, seed=7)) == 10


def test_kernel_of_all_rows_as_landmarks_is_the_kernel_and_of_few_is_below_it():
    root = root_of(KERNEL)
    whole = coordinates_of(root, KERNEL)
    few = landmark_rows(len(ROWS), 20, seed=7)
    part = coordinates_of(root_of(KERNEL[np.ix_(few, few)]), KERNEL[:, few])

    assert np.abs(whole @ whole.T - KERNEL).max() < 1e-6
    assert np.linalg.eigvalsh(KERNEL - part @ part.T).min() > -1e-9
    assert np.linalg.norm(KERNEL - part @ part.T) > 0.01


def test_weights_on_landmarks_answer_as_slopes_do():
    few = landmark_rows(len(ROWS), 20, seed=7)
    root = root_of(KERNEL[np.ix_(few, few)])
    slopes = np.random.default_rng(1).normal(size=20)

    weights = weights_on_landmarks(root, slopes)

    assert np.abs(KERNEL[:, few] @ weights - coordinates_of(root, KERNEL[:, few]) @ slopes).max() < 1e-9
    assert np.abs(slopes_of(root, weights) - slopes).max() < 1e-9
