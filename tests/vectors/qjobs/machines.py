"""Specs and tables of machines with a task, over scikit-learn's own data."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

from qjobs.spec import MachineSpec, build_spec
from tests.vectors.qjobs.specs import spec_fields

SHORT = {
    "splits": {"count": 2, "test_fraction": 0.25, "seed": 3},
    "baselines": {"features": ["all"], "c_grid": [10], "gamma_grid": [0.3, 1]},
    "feature_map": {"reps": 1},
}
SHORT_METHOD = {"c_grid": [1, 10], "bandwidth_grid": [0.2, 0.5], "inner_folds": 2}


def three_classes_csv(load: Any = load_iris) -> bytes:
    """150 irises or 178 wines; the classes are named a, b and c."""
    bunch = load()
    return table_csv(bunch.data, ["abc"[place] for place in bunch.target])


def numbers_csv(rows: int = 442) -> bytes:
    """Diabetes: 10 features, and how far the disease went in a year."""
    bunch = load_diabetes()
    return table_csv(bunch.data[:rows], [repr(float(each)) for each in bunch.target[:rows]])


def marks_csv() -> bytes:
    """357 benign tumours and 40 malignant ones among them."""
    bunch = load_breast_cancer()
    kept = np.concatenate([np.flatnonzero(bunch.target == 1), np.flatnonzero(bunch.target == 0)[:40]])
    return table_csv(bunch.data[kept], ["benign" if bunch.target[row] else "malignant" for row in kept])


def table_csv(features: np.ndarray, labels: list[str]) -> bytes:
    lines = [",".join([f"x{column}" for column in range(features.shape[1])] + ["label"])]
    lines += [
        ",".join([repr(float(each)) for each in row] + [label])
        for row, label in zip(features, labels, strict=True)
    ]
    return "\n".join(lines).encode()


def machine_fields(
    content: bytes, task: str, classes: Sequence[str] = ("a", "b", "c"), **changes: Any
) -> dict[str, Any]:
    """A valid document with short grids; fields of the algorithm by the name `algorithm`."""
    fields = spec_fields(content)
    columns = fields["datasets"][0]["columns"]
    del columns["positive_label"]
    columns |= {"classify": {"classes": classes}, "detect": {"positive_label": "malignant"}}.get(task, {})
    short = {name: value for name, value in SHORT_METHOD.items() if task != "detect" or name != "c_grid"}
    boosting = {} if task == "detect" else {"boosting": {"depths": [2], "trees": 5}}
    method = {"name": "qsvm", "task": task, **short, **boosting, **changes.pop("algorithm", {})}
    return {**fields, **SHORT, "algorithm": method, **changes}


def machine_spec(
    content: bytes, task: str, classes: Sequence[str] = ("a", "b", "c"), **changes: Any
) -> MachineSpec:
    spec = build_spec(machine_fields(content, task, classes, **changes))
    assert isinstance(spec, MachineSpec)
    return spec
