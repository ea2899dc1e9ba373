"""Every bad spec and every bad table, of every kind of job: refused with the number and the limit."""

import re

import pytest

from qjobs.algorithms.errors import DatasetRefused
from qjobs.spec import SpecRefused, build_spec, estimate
from tests.vectors.qjobs.kinds import KINDS, Kind

TABLES = ("two classes", "classes", "numbers", "the unusual", "components", "trained circuit")
LABELLED = ("two classes", "classes", "the unusual", "trained circuit")
DEPTH = {
    **dict.fromkeys(TABLES, ("feature_map", {"name": "zz", "reps": -1})),
    "energy": ("ansatz", {"layers": -1}),
    "energy of strings": ("ansatz", {"layers": -1}),
    "cut": ("algorithm", {"name": "qaoa", "layers": -1}),
    "choice": ("algorithm", {"name": "qaoa", "layers": -1, "problem": {"name": "vertex-cover"}}),
}
ROWS_REFUSED = {
    **dict.fromkeys(TABLES, "10000000 rows and 2 qubits need .* of memory .*; the limit is 2 GiB"),
    "energy of strings": "10000000 rows are too many: each is a string on 2 qubits; the limit is 16",
    "cut": "10000000 rows are too many: each is an edge between two of 6 nodes; the limit is 15",
    "choice": "10000000 rows are too many: each is an edge, .*; the limit is 10",
}


def fields_of(name, **changes):
    return {**KINDS[name][0](), **changes}


@pytest.mark.parametrize("name", KINDS)
def test_forty_qubits_are_refused_with_their_memory_and_the_limit(name):
    with pytest.raises(SpecRefused, match="40 qubits need 16 TiB for one state; the limit is 20"):
        build_spec(fields_of(name, qubits=40))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("qubits", [0, -3])
def test_no_qubits_are_refused(name, qubits):
    with pytest.raises(SpecRefused, match="a circuit needs at least 1 qubit"):
        build_spec(fields_of(name, qubits=qubits))


@pytest.mark.parametrize("name", KINDS)
def test_zero_shots_are_refused_and_named(name):
    with pytest.raises(SpecRefused, match=r"shots: Input should be (null|greater than or equal to 1)"):
        build_spec(fields_of(name, shots=0))


@pytest.mark.parametrize("name", KINDS)
def test_a_negative_depth_is_refused_with_the_limit(name):
    part, value = DEPTH[name]

    with pytest.raises(SpecRefused, match=rf"{part}\.(reps|layers): .*greater than or equal to 1"):
        build_spec(fields_of(name, **{part: value}))


@pytest.mark.parametrize("name", KINDS)
def test_an_evaluation_that_no_device_can_make_is_refused_with_the_limit(name):
    with pytest.raises(SpecRefused, match="11 qubits cannot be measured on this device; its limit is 10"):
        build_spec(fields_of(name, qubits=11, noise_evaluation={}))
    with pytest.raises(SpecRefused, match=r"noise_evaluation\.shots: .*greater than or equal to 1"):
        build_spec(fields_of(name, noise_evaluation={"shots": 0}))
    assert build_spec(fields_of(name, noise_evaluation={"shots": 1})).is_statistical


@pytest.mark.parametrize(("name", "least"), [("classes", 1), ("numbers", 2), ("the unusual", 2)])
def test_an_evaluation_on_too_few_rows_for_a_score_is_refused_with_both_numbers(name, least):
    assert build_spec(fields_of(name, noise_evaluation={"rows": least})).noise_evaluation.rows == least
    words = "a score needs at least 2 rows; noise_evaluation has 1|rows: .*greater than or equal to 1"
    with pytest.raises(SpecRefused, match=words):
        build_spec(fields_of(name, noise_evaluation={"rows": least - 1}))


@pytest.mark.parametrize("name", ROWS_REFUSED)
def test_ten_million_rows_are_refused_with_both_numbers_and_the_tables_own_rows_are_taken(name):
    kind = Kind.of(name)
    found = estimate(kind.spec, 10**7)

    assert estimate(kind.spec, len(kind.data)).refusals == ()
    assert any(re.search(ROWS_REFUSED[name], each) for each in found.refusals), found.refusals


def cells_of(content):
    return [line.split(",") for line in content.decode().splitlines()]


def with_cell(content, row, column, cell):
    cells = cells_of(content)
    cells[row][column] = cell
    return "\n".join(map(",".join, cells)).encode()


def with_column(content, column, cell):
    header, *rows = cells_of(content)
    return "\n".join(map(",".join, [header, *([*r[:column], cell, *r[column:][1:]] for r in rows)])).encode()


@pytest.mark.parametrize("cell", ["nan", "inf", "-inf", "NaN"])
@pytest.mark.parametrize("name", TABLES)
def test_a_number_that_is_none_is_refused_by_its_place(name, cell):
    content = KINDS[name][1]
    column = cells_of(content)[0][1]

    with pytest.raises(DatasetRefused, match=f"row 4, column '{column}' is not a finite number"):
        Kind.of(name, with_cell(content, 4, 1, cell))


@pytest.mark.parametrize(
    ("name", "row", "column", "words"),
    [
        ("energy of strings", None, None, "row 1, column 'coefficient' is no number up to 1e"),
        ("cut", 2, 2, "row 2, column 'weight' is no weight above 0 and below 1e"),
        ("choice", 2, 2, "row 2, column 'weight' is no weight above 0 and below 1e"),
    ],
)
def test_a_weight_that_is_no_number_is_refused_by_its_place(name, row, column, words):
    content = KINDS[name][1]
    broken = content.replace(b"-1.0", b'"nan"', 1) if row is None else with_cell(content, row, column, "nan")

    with pytest.raises(DatasetRefused, match=words):
        Kind.of(name, broken)


@pytest.mark.parametrize("name", TABLES)
def test_a_constant_column_is_refused_by_its_name(name):
    content = KINDS[name][1]
    column = cells_of(content)[0][0]

    with pytest.raises(DatasetRefused, match=f"column '{column}' is constant"):
        Kind.of(name, with_column(content, 0, "1.5"))


@pytest.mark.parametrize("name", LABELLED)
def test_rows_of_one_class_are_refused_with_both_numbers(name):
    content = KINDS[name][1]
    header = cells_of(content)[0]
    label = cells_of(content)[-1][-1]

    words = r"the label has 1 values; two are needed|each class needs at least 10 rows; one has 0"
    with pytest.raises(DatasetRefused, match=words):
        Kind.of(name, with_column(content, len(header) - 1, label))


@pytest.mark.parametrize("name", [name for name, (_, content) in KINDS.items() if content[:1] not in b"{"])
def test_a_row_of_another_width_is_refused_with_both_numbers(name):
    content = KINDS[name][1]
    width = len(cells_of(content)[0])

    with pytest.raises(DatasetRefused, match=f"row 3 has {width + 1} cells, the header has {width}"):
        Kind.of(name, with_cell(content, 3, 0, "1,2"))
