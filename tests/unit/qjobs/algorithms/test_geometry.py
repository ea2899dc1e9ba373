import numpy as np
import pytest
from scipy.linalg import sqrtm

from qjobs.algorithms.geometry import (
    MAX_ROWS,
    REGULARISATION,
    geometric_difference,
    geometry_report,
    geometry_sentence,
    picked_rows,
)
from qjobs.spec import build_spec
from tests.vectors.qjobs.specs import spec_fields

ROWS = np.random.default_rng(4).normal(size=(24, 3))
SPEC = build_spec(spec_fields())


def rbf(rows, gamma):
    return np.exp(-gamma * ((rows[:, None] - rows[None]) ** 2).sum(axis=2))


def test_the_geometric_difference_is_the_papers_formula():
    quantum, classical = rbf(ROWS, 2.0), rbf(ROWS, 0.1)

    root = sqrtm(quantum).real
    written_out = root @ np.linalg.inv(classical + REGULARISATION * np.eye(24)) @ root
    assert geometric_difference(quantum, classical) == pytest.approx(
        np.sqrt(np.linalg.norm(written_out, 2)), abs=1e-7
    )


def test_a_kernel_has_no_room_against_itself_and_much_against_one_that_sees_little():
    sharp, blunt = rbf(ROWS, 50.0), rbf(ROWS, 0.001)

    assert 0.9 < geometric_difference(sharp, sharp) <= 1
    assert geometric_difference(sharp, blunt) > 2
    assert geometric_difference(sharp, 7 * blunt) == pytest.approx(geometric_difference(sharp, blunt))


def test_the_known_value_for_diagonal_kernels():
    """Of diag(2, 0) against diag(1, 1): the largest ratio of eigenvalues."""
    found = geometric_difference(np.diag([2.0, 0.0]), np.eye(2))

    assert found == pytest.approx(np.sqrt(2 / (1 + REGULARISATION)), abs=1e-12)


def test_a_product_of_angles_leaves_less_room_than_a_kernel_of_noise():
    near = geometry_report(SPEC, rbf(ROWS, 0.3), ROWS)
    far = geometry_report(SPEC, np.eye(24), ROWS)

    assert set(near["geometric_difference"]) == {"linear_reduced", "rbf_reduced", "linear_all", "rbf_all"}
    assert near["least_to_sqrt_rows"] < far["least_to_sqrt_rows"]
    assert far["is_concentrated"]
    assert not near["is_concentrated"]
    assert "concentrated" in geometry_sentence(far)
    assert "concentrated" not in geometry_sentence(near)


def test_of_many_rows_as_many_as_fit_are_picked_evenly():
    assert picked_rows(5).tolist() == [0, 1, 2, 3, 4]
    many = picked_rows(10 * MAX_ROWS + 3)
    assert len(many) == MAX_ROWS == len(set(many))
    assert many[-1] < 10 * MAX_ROWS + 3
    assert (np.diff(many) >= 10).all()
