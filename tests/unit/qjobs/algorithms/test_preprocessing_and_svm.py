import json

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.kernels import baseline_families
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.statistics import (
    CLASSICAL_WINS,
    NO_DIFFERENCE,
    QUANTUM_WINS,
    compare,
    corrected_mean,
)
from qjobs.algorithms.svm import kkt_residual, solve_svm
from qjobs.spec.parts import Preprocessing
from tests.vectors.qjobs.specs import small_spec, two_irises_csv

CANCER = load_breast_cancer()
FEATURES, POSITIVE = CANCER.data[:300], CANCER.target[:300] == 0


def test_the_reduction_equals_scikit_learns_scaler_and_components_up_to_sign():
    standard = StandardScaler().fit_transform(FEATURES)
    scores = PCA(4, svd_solver="full").fit_transform(standard)

    reduction = Reduction.fitted(FEATURES, 4, Preprocessing(angle_low=0.0, angle_high=1.0))

    own = reduction.standardiser.apply(FEATURES) @ reduction.components
    assert np.abs(np.abs(own) - np.abs(scores)).max() < 1e-9


def test_training_rows_fill_the_angle_range_and_others_may_leave_it():
    reduction = Reduction.fitted(FEATURES[:200], 3, Preprocessing())
    angles = reduction.apply(FEATURES[:200])

    assert np.allclose(angles.min(axis=0), -1)
    assert np.allclose(angles.max(axis=0), 1)
    assert np.abs(reduction.apply(FEATURES * 10)).max() > 1


def test_fitting_sees_training_rows_only():
    first = Reduction.fitted(FEATURES[:200], 3, Preprocessing())
    poisoned = FEATURES.copy()
    poisoned[200:] *= 1000

    assert np.array_equal(first.components, Reduction.fitted(poisoned[:200], 3, Preprocessing()).components)


def test_a_reduction_round_trips_through_json_bit_by_bit():
    reduction = Reduction.fitted(FEATURES, 4, Preprocessing())

    again = Reduction.from_json(json.loads(json.dumps(reduction.as_json(tuple(CANCER.feature_names)))))

    assert np.array_equal(again.apply(FEATURES), reduction.apply(FEATURES))


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "other"},
        {"mean": [1]},
        {"components": "x"},
        {"low": [[1]]},
        {"feature_names": 3},
        {"scale": None},
    ],
)
def test_a_wrong_reduction_document_is_refused(change):
    document = Reduction.fitted(FEATURES, 2, Preprocessing()).as_json(tuple(CANCER.feature_names))

    with pytest.raises(ModelRefused):
        Reduction.from_json({**document, **change})


@pytest.mark.parametrize("c", [0.1, 10.0, 1000.0])
@pytest.mark.parametrize("kind", ["rbf", "low rank"])
def test_a_solved_svm_is_optimal_to_rounding_and_labels_like_libsvm(kind, c):
    points = Reduction.fitted(FEATURES, 4, Preprocessing()).apply(FEATURES)
    distances = ((points[:, None] - points) ** 2).sum(axis=2)
    kernel = np.exp(-distances) if kind == "rbf" else points @ points.T

    solution = solve_svm(kernel, POSITIVE, c)

    reference = SVC(C=c, kernel="precomputed").fit(kernel, POSITIVE).decision_function(kernel)
    decision = solution.decision(kernel)
    clear = np.abs(reference) > 0.01
    assert kkt_residual(kernel, POSITIVE, c, solution) < 1e-9
    assert ((decision > 0) == (reference > 0))[clear].all()


def test_twice_the_same_rows_do_not_trouble_the_solver():
    points = np.repeat(Reduction.fitted(FEATURES, 3, Preprocessing()).apply(FEATURES[:60]), 3, axis=0)
    kernel = np.exp(-((points[:, None] - points) ** 2).sum(axis=2))
    labels = np.repeat(POSITIVE[:60], 3)

    assert kkt_residual(kernel, labels, 10.0, solve_svm(kernel, labels, 10.0)) < 1e-9


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_a_kernel_of_low_rank_on_which_libsvm_alone_never_ends_is_solved(copies):
    random = np.random.default_rng(1)
    points = np.repeat(random.normal(size=(60 // copies, 2)), copies, axis=0)
    labels = random.random(60) > 0.5
    kernel = points @ points.T

    assert kkt_residual(kernel, labels, 100.0, solve_svm(kernel, labels, 100.0)) < 1e-9


def test_a_moved_weight_or_intercept_shows_in_the_residual():
    kernel = np.exp(-((FEATURES[:80, None, :2] - FEATURES[:80, :2]) ** 2).sum(axis=2) / 50)
    solution = solve_svm(kernel, POSITIVE[:80], 1.0)
    weights = solution.weights.copy()
    weights[solution.support[0]] *= 1.01

    for other in (
        type(solution)(weights, solution.intercept),
        type(solution)(solution.weights, solution.intercept + 0.01),
    ):
        assert kkt_residual(kernel, POSITIVE[:80], 1.0, other) > 1e-3


def test_baselines_are_linear_and_rbf_on_reduced_and_on_all_features():
    assert list(baseline_families(small_spec(two_irises_csv()))) == [
        "linear_reduced",
        "rbf_reduced",
        "linear_all",
        "rbf_all",
    ]


def test_the_corrected_interval_is_that_of_nadeau_and_bengio():
    # Worked by hand: variance 2.5e-4, error sqrt((1/5 + 1/4) 2.5e-4), t(0.975, 4) = 2.7764.
    result = corrected_mean([0.90, 0.91, 0.92, 0.93, 0.94], 0.25)

    assert result.mean == pytest.approx(0.92)
    assert result.high - result.mean == pytest.approx(2.7764451 * (0.45 * 2.5e-4) ** 0.5, rel=1e-6)


def test_equal_models_show_no_difference_and_p_is_one():
    result = corrected_mean([0.0] * 5, 0.25)

    assert (result.mean, result.p_value) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("quantum", "verdict"),
    [
        ([0.80, 0.81, 0.80, 0.79, 0.80], CLASSICAL_WINS),
        ([0.90, 0.91, 0.89, 0.92, 0.90], NO_DIFFERENCE),
        ([0.98, 0.99, 0.98, 0.97, 0.98], QUANTUM_WINS),
    ],
)
def test_the_verdict_follows_the_paired_test(quantum, verdict):
    comparison = compare(
        {"quantum": quantum, "linear_all": [0.90] * 5, "rbf_all": [0.5] * 5}, "quantum", 0.25
    )

    assert comparison.baseline == "linear_all"
    assert comparison.verdict == verdict
    assert comparison.sentence.lower().startswith(verdict)
