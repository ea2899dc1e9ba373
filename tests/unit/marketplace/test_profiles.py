"""What a profile says of a table, compared with exact values."""

import io
import json
import math
from typing import Any

import numpy as np
import pytest

from common.errors import InvalidInput
from common.tables.limits import TABLE_LIMITS, TableLimits
from marketplace.parsing.child import profile_table
from marketplace.parsing.quantum import explained_variance, quantum_qualities
from marketplace.profile import Profile, read_profile, with_label


def profile_of(text: str, limits: TableLimits = TABLE_LIMITS) -> dict[str, Any]:
    return profile_table(io.BytesIO(text.encode()), limits)


def column_of(cells: list[str]) -> dict[str, Any]:
    return profile_of("\n".join(["x,y", *(f'"{cell}",1' for cell in cells)]) + "\n")["columns"][0]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-2", "+3"], "integer"),
        (["1", "2.5"], "real"),
        (["1e3", ".5", "5.", "-1E-3"], "real"),
        (["true", "False"], "boolean"),
        (["", "NA"], "empty"),
        (["1", "true"], "text"),
        (["1", "x"], "text"),
        (["1", "1_000"], "text"),
        (["1", "١"], "text"),
        (["1e999", "1"], "text"),
        (["inf", "1"], "text"),
        (["9" * 30, "1"], "real"),
        (["1", "", "nan", "null", "N/A"], "integer"),
    ],
)
def test_column_type_is_the_narrowest_that_fits(cells: list[str], kind: str) -> None:
    assert column_of(cells)["type"] == kind


def test_numeric_column_facts_are_exact() -> None:
    column = column_of(["1", "2", "3", "4", ""])

    assert (column["missing"], column["unique"]) == (1, 4)
    assert (column["minimum"], column["maximum"], column["mean"]) == (1, 4, 2.5)
    assert column["standard_deviation"] == pytest.approx(math.sqrt(1.25))
    assert column["quantiles"]["0.5"] == 2.5
    assert sum(column["histogram"]["counts"]) == 4
    assert len(column["histogram"]["edges"]) == len(column["histogram"]["counts"]) + 1


def test_class_balance_lists_values_most_frequent_first() -> None:
    assert column_of(["b", "a", "b"])["top_values"] == [
        {"value": "b", "count": 2},
        {"value": "a", "count": 1},
    ]


def test_more_distinct_texts_than_counted_are_said_to_be_more() -> None:
    profile = profile_of("x,y\na,1\nb,1\nc,1\na,1\n", TableLimits(distinct_values=2))

    assert (profile["columns"][0]["unique"], profile["columns"][0]["unique_is_exact"]) == (2, False)


def test_preview_has_ten_rows_of_short_cells() -> None:
    profile = profile_of("x,y\n" + f"{'z' * 500},1\n" * 12)

    assert len(profile["preview"]) == 10
    assert len(profile["preview"][0][0]) == 80


@pytest.mark.parametrize("cells", [["1e308", "-1e308"], ["1e-320", "1"], ["5", "5"], ["1e300", "2e300"]])
def test_extreme_numbers_still_give_json(cells: list[str]) -> None:
    profile = profile_of("\n".join(["x,y", *(f"{cell},1" for cell in cells)]) + "\n")

    assert json.loads(json.dumps(profile, allow_nan=False)) == profile
    assert read_profile(profile)


def test_quantum_qualities_of_thirty_features() -> None:
    qualities = quantum_qualities(30, [0.44, 0.63, 0.73, 0.79, 0.85, 0.89, 0.91])

    assert (qualities["qubits_angle"], qualities["qubits_amplitude"]) == (30, 5)
    assert qualities["suggested_pca_qubits"] == 7


@pytest.mark.parametrize(
    ("features", "explained", "suggested"),
    [(1, [1.0], 1), (2, [0.99, 1.0], 2), (40, [], 12), (40, [0.1] * 12, 12)],
)
def test_suggested_qubits_lie_between_two_and_twelve_and_the_features(
    features: int, explained: list[float], suggested: int
) -> None:
    assert quantum_qualities(features, explained)["suggested_pca_qubits"] == suggested


def test_explained_variance_of_two_equal_and_one_free_column_is_exact() -> None:
    free = np.array([1.0, -1.0, 1.0, -1.0])
    equal = np.array([1.0, 1.0, -1.0, -1.0])

    assert explained_variance([equal, equal * 3 + 1, free]) == pytest.approx([2 / 3, 1, 1])


def test_explained_variance_leaves_out_constant_columns_and_missing_rows() -> None:
    column = np.array([1.0, 2.0, math.nan, 3.0])

    assert explained_variance([column, np.ones(4)]) == pytest.approx([1.0])
    assert explained_variance([np.ones(4)]) == []
    assert explained_variance([]) == []


def breast() -> Profile:
    return read_profile(profile_of("radius,grade,diagnosis\n1.5,1,m\n2.5,2,b\n3.5,2,b\n"))


def test_with_label_tells_the_class_balance() -> None:
    label = with_label(breast(), "diagnosis").label

    assert label is not None
    assert [(entry.value, entry.count) for entry in label.classes] == [("b", 2), ("m", 1)]
    assert label.largest_share == pytest.approx(2 / 3)


def test_with_label_numeric_label_is_no_feature() -> None:
    assert with_label(breast(), "grade").quantum.qubits_angle == 1
    assert with_label(breast(), "diagnosis").quantum.qubits_angle == 2
    assert with_label(breast(), None) == breast()


def test_with_label_unknown_or_constant_column_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no column"):
        with_label(breast(), "colour")
    constant = read_profile(profile_of("x,y\n1,a\n2,a\n"))
    with pytest.raises(InvalidInput, match="fewer than two"):
        with_label(constant, "y")


@pytest.mark.parametrize(
    "change",
    [
        {"rows": -1},
        {"rows": "many"},
        {"extra": 1},
        {"columns": [{"name": "x"}]},
        {"preview": [["x"] * 1001]},
        {"preview": [["\x00"]]},
        {"preview": [["\ud800"]]},
        {"quantum": {}},
    ],
)
def test_read_profile_of_a_strangers_document_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="no profile"):
        read_profile({**breast().model_dump(), **change})
