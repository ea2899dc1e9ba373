"""Writes what scikit-learn and qiskit-machine-learning reach on known data; the tests hold our scores to it.

Pre-processing, kernel, machine and score are theirs; ours is only which rows are held out. Run in the
environment of the peers: `.venv-bench/bin/python -m benchmarks.peer_scores`.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit.library import zz_feature_map
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.metrics import accuracy_score, r2_score
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC, SVR

from benchmarks import peers
from qjobs.algorithms.splits import outer_splits
from qjobs.spec.parts import Splits

FILE = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "qjobs" / "peer_scores.json"
SPLITS = Splits(count=3, test_fraction=0.25, seed=3)
DATA = {
    "iris": (load_iris, 150),
    "wine": (load_wine, 178),
    "breast cancer": (load_breast_cancer, 200),
    "digits": (load_digits, 300),
    "diabetes": (load_diabetes, 200),
}
"""How they are loaded, and how many of the first rows are taken."""

QUBITS, BANDWIDTH, C, EPSILON = 4, 0.2, 10.0, 0.1
STRATA = 4
"""Numbers are stratified by their quarters."""


def scores(name: str) -> dict[str, Any]:
    """Accuracy, or R2 of numbers, on the test part of each split."""
    load, count = DATA[name]
    rows, target = (each[:count] for each in load(return_X_y=True))
    rows = rows[:, np.ptp(rows, axis=0) > 0]
    is_class = name != "diabetes"
    ranks = np.argsort(np.argsort(target, kind="stable"), kind="stable")
    splits = outer_splits(target if is_class else ranks * STRATA // count, SPLITS)
    parts = [(rows[each.train], target[each.train], rows[each.test], target[each.test]) for each in splits]
    found = {"quantum": [_quantum(*part, is_class=is_class) for part in parts]}
    if is_class:
        found["rbf_all"] = [_rbf(*part) for part in parts]
    return {"rows": count, "test_rows": [len(each.test) for each in splits], **found}


def _quantum(rows: NDArray, target: NDArray, new: NDArray, expected: NDArray, *, is_class: bool) -> float:
    scaler = StandardScaler().fit(rows)
    axes = PCA(QUBITS, svd_solver="full").fit(scaler.transform(rows)).components_.T
    # A principal component has no sign of its own: the largest entry is made positive.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(QUBITS)])
    range_of = MinMaxScaler((-1, 1)).fit(scaler.transform(rows) @ axes)
    train, test = (BANDWIDTH * range_of.transform(scaler.transform(each) @ axes) for each in (rows, new))
    kernel = peers.qml_kernels.FidelityStatevectorKernel(feature_map=zz_feature_map(QUBITS, reps=1))
    gram, cross = kernel.evaluate(train), kernel.evaluate(test, train)
    if is_class:
        machine = SVC(C=C, kernel="precomputed", tol=1e-8).fit(gram, target)
        return float(accuracy_score(expected, machine.predict(cross)))
    centre, spread = target.mean(), target.std()
    machine = SVR(C=C, epsilon=EPSILON, kernel="precomputed", tol=1e-8).fit(gram, (target - centre) / spread)
    return float(r2_score(expected, centre + spread * machine.predict(cross)))


def _rbf(rows: NDArray, target: NDArray, new: NDArray, expected: NDArray) -> float:
    scaler = StandardScaler().fit(rows)
    machine = SVC(C=C, kernel="rbf", gamma="scale", tol=1e-8).fit(scaler.transform(rows), target)
    return float(accuracy_score(expected, machine.predict(scaler.transform(new))))


def main() -> None:
    document = {
        "made_by": {name: version(name) for name in ("scikit-learn", "qiskit-machine-learning")},
        "splits": SPLITS.model_dump(mode="json"),
        "setting": {"qubits": QUBITS, "bandwidth": BANDWIDTH, "c": C, "epsilon": EPSILON},
        "scores": {name: scores(name) for name in DATA},
    }
    FILE.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
