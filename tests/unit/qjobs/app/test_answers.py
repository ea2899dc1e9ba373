"""Answers of every kind of job, read from what anybody may have posted."""

from typing import Any

import pytest

from qjobs.rules.answers import answer_tables
from qjobs.rules.geometry_words import geometry_tables

CUT = {"algorithm": "qaoa", "answers": {"qaoa": {"cut": 9, "ratio": 0.9}, "exact": {"cut": 10, "ratio": 1}}}


def shown(metrics: Any) -> dict[str, list[tuple[str, float, str, bool]]]:
    return {
        table.title: [(each.words, each.value, each.note, each.is_quantum) for each in table.answers]
        for table in answer_tables(metrics)
    }


def test_cuts_stand_beside_the_largest() -> None:
    assert shown(CUT) == {
        "How much is cut": [
            ("Best measurement of the circuit", 9.0, "90.0% of the largest", True),
            ("All partitions looked at", 10.0, "100.0% of the largest", False),
        ]
    }


def test_energies_stand_beside_exact_ones_and_state_by_state() -> None:
    metrics = {
        "algorithm": "vqe",
        "unit": "hartree",
        "answers": {"vqe": -1.5, "product": -1.25, "hartree_fock": None, "exact": -1.5},
        "states": [{"energy": -1.5, "exact": -1.5}, {"energy": 0.25, "exact": None}],
    }

    found = shown(metrics)

    assert [row[:2] for row in found["The lowest energy"]] == [
        ("Trained state", -1.5),
        ("Best unentangled state", -1.25),
        ("Exact", -1.5),
    ]
    assert [row[2] for row in found["Energies state by state"]] == ["exact -1.5", ""]
    assert answer_tables(metrics)[0].measure.startswith("Energy in hartree")


def test_components_show_what_they_keep_and_explain() -> None:
    metrics = {
        "algorithm": "qpca",
        "models": {
            "quantum": {"mean": 0.5, "interval": [0.4, 0.6]},
            "pca_all": {"mean": 0.75, "interval": []},
            "rbf_all": {"mean": 0.75, "interval": [0.7, 0.8], "bootstrap_interval": [0.72, 0.78]},
        },
        "final_model": {"explained": [0.5, 0.25]},
    }

    found = shown(metrics)

    assert found["What the components keep"][0] == ("Quantum kernel", 0.5, "0.4 to 0.6", True)
    assert found["What the components keep"][1][2] == ""
    assert found["What the components keep"][2][2] == "0.7 to 0.8; rows drawn again 0.72 to 0.78"
    assert [row[:2] for row in found["Explained variance"]] == [("Component 1", 0.5), ("Component 2", 0.25)]


def test_regression_shows_its_scores_and_a_classifier_has_its_own_plot() -> None:
    models = {"quantum": {"mean_r2": 0.5, "interval": [0, 1]}, "linear_all": {"mean_r2": 0.25}}

    assert [
        row[:2] for row in shown({"algorithm": "qnn", "models": models})["How well the numbers are met"]
    ] == [
        ("Quantum network", 0.5),
        ("linear, all", 0.25),
    ]
    assert shown({"algorithm": "qnn", "models": {"quantum": {"mean_accuracy": 1}}}) == {}


@pytest.mark.parametrize("name", ["qaoa", "vqe", "qpca", "qnn", "qsvm", ["qaoa"], None])
@pytest.mark.parametrize(
    "value", [None, [], "x", {"qaoa": 3}, {"qaoa": {"cut": 1e300}}, {"quantum": True}, [None]]
)
def test_documents_of_another_shape_show_nothing(name: Any, value: Any) -> None:
    keys = ("answers", "states", "models", "final_model")

    assert answer_tables({"algorithm": name, **dict.fromkeys(keys, value)}) == []


GEOMETRY = {
    "sqrt_rows": 10.0,
    "geometric_difference": {"pca_all": {"g": 1.5}, "rbf_reduced": {"g": 2}, "other": {"g": True}, "odd": 3},
    "is_concentrated": False,
}


def test_classical_kernels_stand_by_how_far_they_are() -> None:
    (table,) = geometry_tables({"geometry": GEOMETRY})

    assert [(each.words, each.value) for each in table.answers] == [
        ("Linear kernel on all features", 1.5),
        ("RBF kernel on the reduced features", 2.0),
    ]
    assert "Far below 10.0" in table.measure
    assert "concentrated" not in table.measure
    (table,) = geometry_tables({"geometry": GEOMETRY | {"is_concentrated": True}})
    assert "concentrated" in table.measure


@pytest.mark.parametrize(
    "report",
    [
        None,
        [],
        GEOMETRY | {"sqrt_rows": None},
        GEOMETRY | {"sqrt_rows": 10**400},
        GEOMETRY | {"geometric_difference": [1]},
        GEOMETRY | {"geometric_difference": {"pca_all": {"g": 1e300}, "rbf_all": {"g": -1}}},
    ],
)
def test_a_geometry_of_another_shape_shows_nothing(report: Any) -> None:
    assert list(geometry_tables({"geometry": report})) == []
