"""Numbers at the ends of what a float holds: refused with number and limit, or all that follows is finite."""

import json
import re

import numpy as np
import pytest

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from tests.vectors.qjobs.choices import PROBLEMS, choice_spec
from tests.vectors.qjobs.energies import TERMS, as_energy_spec, terms_fields
from tests.vectors.qjobs.graphs import graph_spec
from tests.vectors.qjobs.machines import machine_spec
from tests.vectors.qjobs.reductions import NAMES, reduction_spec
from tests.vectors.qjobs.specs import small_spec
from tests.vectors.qjobs.trained import qnn_spec, regression_spec

DICE = np.random.default_rng(5)
ROWS = DICE.normal(size=(48, 4))
SIDES = [str(int(row[0] > 0)) for row in ROWS]
MARKS = ["malignant" if side == "1" else "benign" for side in SIDES]
HEIGHTS = ROWS[:, 0] + 0.1 * ROWS[:, 1]


def table(rows, labels=None):
    """Features a to d, and a column of labels where there are any."""
    names = [*NAMES, *(["target"] if labels is not None else [])]
    cells = [[repr(float(each)) for each in row] for row in rows]
    if labels is not None:
        texts = labels if isinstance(labels, list) else [repr(float(each)) for each in labels]
        cells = [[*row, text] for row, text in zip(cells, texts, strict=True)]
    return "\n".join(",".join(line) for line in [names, *cells]).encode()


KINDS = {
    "qsvm": (small_spec, SIDES),
    "detect": (lambda content: machine_spec(content, "detect"), MARKS),
    "regress": (lambda content: machine_spec(content, "regress"), HEIGHTS),
    "qnn, classes": (qnn_spec, SIDES),
    "qnn, numbers": (regression_spec, HEIGHTS),
    "qpca": (reduction_spec, None),
}


def loaded(make, content):
    spec = make(content)
    return spec, algorithm_of(spec).load(spec, {1: TableBytes(content)})


def with_number(number, rows=ROWS):
    """The rows with another number in the seventh, column b."""
    changed = rows.copy()
    changed[6, 1] = number
    return changed


@pytest.mark.parametrize(("make", "labels"), KINDS.values(), ids=KINDS)
def test_numbers_beyond_the_limits_are_refused_with_number_and_limit(make, labels):
    for number in (1e200, -1.5e32):
        words = f"row 7, column 'b' is {number:g}; the limit is 1e+32"
        with pytest.raises(DatasetRefused, match=re.escape(words)):
            loaded(make, table(with_number(number), labels))
    with pytest.raises(DatasetRefused, match="row 7, column 'b' is not a finite number"):
        loaded(make, table(with_number(float("inf")), labels))
    narrow = with_number(1e-40, ROWS * [1, 0, 1, 1])
    with pytest.raises(DatasetRefused, match="the numbers of column 'b' differ by 1e-40; the least is 1e-32"):
        loaded(make, table(narrow, labels))
    assert len(loaded(make, table(with_number(-1e32), labels))[1]) == len(ROWS)


@pytest.mark.parametrize("target", [1e200, 1e-200])
@pytest.mark.parametrize("name", ["regress", "qnn, numbers"])
def test_targets_beyond_the_limits_are_refused_too(name, target):
    with pytest.raises(DatasetRefused, match=r"column 'target' .*(limit is 1e\+32|least is 1e-32)"):
        loaded(KINDS[name][0], table(ROWS, HEIGHTS * target))


def one_far_away(labels, size):
    """Rows, and targets that are numbers, within `size` of 0, and one as far from them as may be."""
    rows, heights = ROWS * size, HEIGHTS * size
    rows[9] = heights[9] = 1e32
    return table(rows, labels if labels is None or isinstance(labels, list) else heights)


@pytest.mark.parametrize("size", [1e-30, 1e-200])
@pytest.mark.parametrize("name", [name for name in KINDS if name != "qpca"])
def test_of_rows_as_far_apart_as_may_be_everything_is_finite_and_matches(name, size):
    make, labels = KINDS[name]
    spec, rows = loaded(make, one_far_away(labels, size))
    algorithm = algorithm_of(spec)

    result = algorithm.run(spec, rows, ignore_progress, never_cancel)

    found = algorithm.certify(spec, rows, dict(result.files), ignore_progress)
    assert [each.field for each in found if not each.agrees] == []
    assert not re.search("NaN|Infinity", json.dumps(result.metrics))


@pytest.mark.parametrize(("size", "kept"), [(1e-30, 1), (1e-200, 0)])
def test_components_that_such_rows_do_not_have_are_refused_in_words(size, kept):
    spec, rows = loaded(reduction_spec, one_far_away(None, size))

    with pytest.raises(DatasetRefused, match=f"have {kept} components in the kernel; the spec asks for 2"):
        algorithm_of(spec).run(spec, rows, ignore_progress, never_cancel)


RETURNS = PROBLEMS["portfolio"][0]


@pytest.mark.parametrize(
    ("spec", "content", "words"),
    [
        (graph_spec(), b"from,to,weight\n0,1,1e200\n", "no weight above 0 and below 1e+12"),
        (graph_spec(), b"from,to,weight\n0,1,1e-400\n", "no weight above 0 and below 1e+12"),
        (as_energy_spec(terms_fields()), TERMS.replace(b"-0.5", b"-1e200", 1), "no number up to 1e+06"),
        (choice_spec("portfolio"), RETURNS.replace(b"0.030", b"1e200"), "no return: a number below 1e+06"),
    ],
    ids=["heavy edge", "edge of no weight", "coefficient", "return"],
)
def test_weights_coefficients_and_returns_have_limits_that_are_told(spec, content, words):
    with pytest.raises(DatasetRefused, match=re.escape(words)):
        algorithm_of(spec).load(spec, {1: TableBytes(content)})
