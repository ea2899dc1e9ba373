import numpy as np
import pytest

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.splits import inner_folds, outer_splits
from qjobs.algorithms.table import read_table
from qjobs.spec.parts import Splits
from tests.vectors.qjobs.specs import small_spec, two_irises_csv, write_csv

IRISES = two_irises_csv()


def read(tmp_path, content: bytes, **changes):
    return read_table(small_spec(IRISES, **changes), {1: write_csv(tmp_path, content)})


def edited(row: int, column: int, cell: str) -> bytes:
    lines = [line.split(",") for line in IRISES.decode().splitlines()]
    lines[row][column] = cell
    return "\n".join(",".join(line) for line in lines).encode()


def test_a_table_holds_the_named_columns_and_which_rows_are_positive(tmp_path):
    table = read(tmp_path, IRISES)

    assert table.features.shape == (100, 4)
    assert table.positive.sum() == 50
    assert table.feature_names[0] == "sepal length"


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path):
    table = read(tmp_path, b"\xef\xbb\xbf" + IRISES.replace(b"\n", b"\r\n"))

    assert np.array_equal(table.features, read(tmp_path, IRISES).features)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no column"),
        (IRISES.split(b"\n")[0], "the label has 0 values"),
        (edited(3, 1, "abc"), "row 3, column 'sepal width' is not a number"),
        (edited(3, 1, "nan"), "row 3, column 'sepal width' is not a finite number"),
        (edited(3, 1, ""), "row 3, column 'sepal width' is not a number"),
        (edited(3, 4, "5"), "the label has 3 values"),
        (edited(3, 0, "1,2"), "row 3 has 6 cells, the header has 5"),
        (edited(0, 0, "other"), "no column 'sepal length'"),
        (edited(0, 1, "sepal length"), "more than one column 'sepal length'"),
        (IRISES.replace(b",2\n", b",1\n"), "the label has 1 values"),
        (b"\n".join(IRISES.split(b"\n")[:55]), "at least 10 rows; one has 4"),
        (IRISES.replace(b"5.0", b"\xff\xfe"), "not CSV in UTF-8"),
        (edited(3, 0, '"open'), "not CSV in UTF-8"),
    ],
)
def test_rows_that_cannot_be_trained_on_are_refused_by_place(tmp_path, content, message):
    with pytest.raises(DatasetRefused) as refused:
        read(tmp_path, content)

    assert message in str(refused.value)


def test_a_constant_column_is_refused_by_name(tmp_path):
    lines = [line.split(",") for line in IRISES.decode().splitlines()]
    constant = "\n".join(
        ",".join([line[0], *line[1:]] if at == 0 else ["1", *line[1:]]) for at, line in enumerate(lines)
    )

    with pytest.raises(DatasetRefused, match="column 'sepal length' is constant"):
        read(tmp_path, constant.encode())


def test_a_refusal_shows_no_value_of_the_data(tmp_path):
    with pytest.raises(DatasetRefused) as refused:
        read(tmp_path, edited(3, 1, "secret-value"))

    assert "secret-value" not in str(refused.value)


def test_splits_are_stratified_disjoint_and_complete():
    positive = np.arange(100) < 30

    for split in outer_splits(positive, Splits(test_fraction=0.2)):
        assert sorted([*split.train, *split.test]) == list(range(100))
        assert positive[split.test].sum() == 6
        assert len(split.test) == 20


def test_splits_are_the_same_every_time_and_others_with_another_seed():
    positive = np.arange(100) % 2 == 0
    first, again = (outer_splits(positive, Splits(seed=1)) for _ in range(2))
    other = outer_splits(positive, Splits(seed=2))

    assert all(np.array_equal(left.test, right.test) for left, right in zip(first, again, strict=True))
    assert not np.array_equal(first[0].test, other[0].test)
    assert not np.array_equal(first[0].test, first[1].test)


def test_the_first_split_of_the_shared_vector_never_changes():
    split = outer_splits(np.arange(20) < 10, Splits(seed=7, test_fraction=0.2))[0]

    assert split.test.tolist() == [3, 9, 11, 15]


def test_inner_folds_hold_each_row_once_as_test():
    positive = np.arange(31) < 10
    folds = inner_folds(positive, 3, seed=4)

    assert sorted(row for fold in folds for row in fold.test) == list(range(31))
    assert all(3 <= positive[fold.test].sum() <= 4 for fold in folds)


def test_group_columns_are_read_beside_the_features(tmp_path):
    table = read(tmp_path, IRISES, group_columns=["petal width"])

    assert table.features.shape == (100, 4)
    assert table.groups["petal width"][0] == "1.4"
