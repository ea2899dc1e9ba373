"""Columns that repeat or exclude each other: no angle hangs on last digits, and older results still match."""

import json

import numpy as np
import pytest

from qjobs.algorithms import axes
from qjobs.algorithms.axes import principal_axes
from qjobs.algorithms.preprocessing import FirstPreprocessing, Reduction, Standardiser
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.result import PREPROCESSING_FILE
from qjobs.algorithms.rows import TableBytes
from qjobs.spec.parts import Preprocessing
from tests.vectors.qjobs.machines import machine_spec
from tests.vectors.qjobs.reductions import NAMES, reduction_spec
from tests.vectors.qjobs.specs import small_spec
from tests.vectors.qjobs.trained import qnn_spec

DICE = np.random.default_rng(11)
PLAIN = DICE.normal(size=(72, 2))
TABLES = {
    "the same column twice": np.column_stack([PLAIN, PLAIN]),
    "two columns of which one is set": np.column_stack([np.eye(2)[DICE.integers(0, 2, 72)], PLAIN]),
    "three columns of which one is set, as often each": np.eye(3)[np.arange(72) % 3],
    "three such columns beside another": np.column_stack([np.eye(3)[np.arange(72) % 3], PLAIN[:, :1]]),
    "a column that is constant in this part": np.column_stack([np.full(72, 0.1), PLAIN]),
    "columns that are almost the same": np.column_stack([PLAIN, PLAIN @ [[1.0], [0.0]] + 1e-5 * PLAIN]),
    "nothing but one number": np.full((72, 3), 0.1),
}
TWICE = np.column_stack([PLAIN, PLAIN])
LABELS = [int(row[0] + 0.5 * row[1] > 0) for row in PLAIN]


@pytest.mark.parametrize("rows", TABLES.values(), ids=TABLES)
def test_adding_up_in_another_order_moves_no_angle(rows):
    wanted, count = Preprocessing(), rows.shape[1]
    here = Reduction.fitted(rows, count, wanted)

    for _ in range(4):
        order = DICE.permutation(len(rows))
        elsewhere = Reduction.fitted(rows[order], count, wanted)
        assert np.abs(elsewhere.apply(rows) - here.apply(rows)).max() < 1e-9
        assert np.abs(elsewhere.components - here.components).max() < 1e-9


@pytest.mark.parametrize(
    ("gap", "most"), [(1e-9, 1e-12), (0.9 * axes.TIE, 1e-12), (1.1 * axes.TIE, 5e-9), (5 * axes.TIE, 1e-9)]
)
def test_spreads_on_either_side_of_the_tie_limit_move_angles_by_no_more_than_is_said(gap, most):
    dice = np.random.default_rng(3)
    rows = with_spreads(dice, 600, [1, 1 - gap, 0.6, 0.3])
    here = Reduction.fitted(rows, 3, Preprocessing())

    for _ in range(8):
        elsewhere = Reduction.fitted(dice.permutation(rows), 3, Preprocessing())
        assert np.abs(elsewhere.apply(rows) - here.apply(rows)).max() < most


def with_spreads(dice, count, spreads):
    """Rows whose columns spread alike, and whose principal components spread as given."""
    even = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
    plain = dice.normal(size=(count, len(spreads)))
    return np.linalg.qr(plain - plain.mean(axis=0))[0] * spreads @ even


@pytest.mark.parametrize("rows", TABLES.values(), ids=TABLES)
def test_axes_are_those_of_the_space_whatever_basis_and_signs_a_library_gives(rows, monkeypatch):
    standard = Standardiser.fitted(rows).apply(rows)
    expected = principal_axes(standard, rows.shape[1])
    monkeypatch.setattr(axes.np.linalg, "svd", turned_svd(np.linalg.svd))

    found = principal_axes(standard, rows.shape[1])

    assert np.abs(found - expected).max() < 1e-9


def turned_svd(plain):
    """Singular vectors with other signs, and turned among each other where the singular values are equal."""

    def svd(matrix, **words):
        left, sizes, right = plain(matrix, **words)
        for size in np.unique(np.round(sizes, 9)):
            own = np.flatnonzero(np.abs(sizes - size) < 1e-8)
            turn = np.linalg.qr(DICE.normal(size=(len(own), len(own))))[0]
            right[own] = turn @ right[own]
        return left, sizes, right * (1 + 1e-15 * DICE.normal(size=right.shape))

    return svd


def test_directions_without_spread_have_one_angle_and_the_others_fill_the_range():
    found = Reduction.fitted(TWICE, 4, Preprocessing())
    angles = found.apply(TWICE)

    assert (found.components[:, 2:] == 0).all()
    assert (angles[:, 2:] == -1.0).all()
    assert np.allclose((angles[:, :2].min(axis=0), angles[:, :2].max(axis=0)), [[-1, -1], [1, 1]])


def with_labels(rows):
    lines = ["a,b,c,d,target"]
    lines += [
        ",".join([*map(repr, map(float, row)), str(label)]) for row, label in zip(rows, LABELS, strict=True)
    ]
    return "\n".join(lines).encode()


def of_number():
    return machine_spec(with_labels(TWICE), "regress", qubits=4)


JOBS = {
    "qsvm": (lambda: small_spec(with_labels(TWICE), qubits=4), with_labels(TWICE)),
    "regress": (of_number, with_labels(TWICE)),
    "qnn": (lambda: qnn_spec(with_labels(TWICE), qubits=4), with_labels(TWICE)),
    "qpca": (
        lambda: reduction_spec(without_labels(), qubits=4),
        "\n".join([",".join(NAMES), *(",".join(map(repr, map(float, row))) for row in TWICE)]).encode(),
    ),
}


def without_labels():
    return JOBS["qpca"][1]


@pytest.mark.parametrize(("make", "content"), JOBS.values(), ids=JOBS)
def test_result_of_either_form_matches_and_one_that_names_the_other_does_not(make, content):
    spec = make()
    algorithm = algorithm_of(spec)
    rows = algorithm.load(spec, {1: TableBytes(content)})
    posted = {}
    for kind in (FirstPreprocessing, Preprocessing):
        own = spec.model_copy(update={"preprocessing": kind()})
        posted[kind.form] = dict(algorithm.run(own, rows, ignore_progress, never_cancel).files)

    lying = posted[Preprocessing.form] | {
        PREPROCESSING_FILE: posted[FirstPreprocessing.form][PREPROCESSING_FILE]
    }
    assert wrong(algorithm, spec, rows, lying) != []
    for form, files in posted.items():
        assert form.encode() in files[PREPROCESSING_FILE]
        assert wrong(algorithm, spec, rows, files) == []


@pytest.mark.parametrize(("make", "content"), JOBS.values(), ids=JOBS)
def test_result_in_another_form_than_members_voted_for_is_no_match(make, content):
    named = {"schema_version": Preprocessing.form}
    spec = make().model_copy(update={"preprocessing": Preprocessing(**named)})
    algorithm = algorithm_of(spec)
    rows = algorithm.load(spec, {1: TableBytes(content)})
    other = spec.model_copy(update={"preprocessing": FirstPreprocessing(**named)})

    honest, lying = (algorithm.run(each, rows, ignore_progress, never_cancel).files for each in (spec, other))

    assert wrong(algorithm, spec, rows, honest) == []
    assert wrong(algorithm, spec, rows, lying) != []


def wrong(algorithm, spec, rows, files):
    found = algorithm.certify(spec, rows, files, ignore_progress)
    return [each.field for each in found if not each.agrees]


@pytest.mark.parametrize("schema", ["qommons/preprocessing/9", None, ["qommons/preprocessing/1"], {}])
def test_pre_processing_of_a_form_that_nobody_knows_is_no_match(schema):
    spec, content = JOBS["qpca"][0](), JOBS["qpca"][1]
    algorithm = algorithm_of(spec)
    rows = algorithm.load(spec, {1: TableBytes(content)})
    document = {"reduction": Reduction.fitted(TWICE, 4, Preprocessing()).as_json(NAMES) | {"schema": schema}}

    found = wrong(algorithm, spec, rows, {PREPROCESSING_FILE: json.dumps(document).encode()})

    assert any(field.startswith(PREPROCESSING_FILE) for field in found)
