"""Quantum qualities of a table: how many qubits its numeric features need, encoding by encoding."""

import math
from typing import Any

import numpy as np

KEPT_VARIANCE = 0.9
MOST_PCA_QUBITS = 12
MOST_PCA_FEATURES = 200
MOST_PCA_ROWS = 20_000


def quantum_qualities(numeric_features: int, explained: list[float]) -> dict[str, Any]:
    """Qubits by encoding. Angle encoding takes a qubit a feature, amplitude encoding ceil(log2(features)).

    `explained`: cumulative shares of variance of the principal components, from `explained_variance`.
    """
    if numeric_features == 0:
        return {
            "numeric_features": 0,
            "qubits_angle": None,
            "qubits_amplitude": None,
            "suggested_pca_qubits": None,
            "pca_explained_variance": [],
        }
    return {
        "numeric_features": numeric_features,
        "qubits_angle": numeric_features,
        "qubits_amplitude": max(1, math.ceil(math.log2(numeric_features))),
        "suggested_pca_qubits": _suggested(numeric_features, explained),
        "pca_explained_variance": explained,
    }


def explained_variance(columns: list[np.ndarray]) -> list[float]:
    """Cumulative share of variance of the first principal components of the standardised columns.

    columns: each (n_rows,) float64, NaN for missing. Rows with a missing cell and constant columns are left
    out; at most 200 columns and 20,000 rows are looked at. At most 12 shares; none where nothing varies.
    """
    if not columns:
        return []
    table = np.column_stack([column[:MOST_PCA_ROWS] for column in columns[:MOST_PCA_FEATURES]])
    table = table[~np.isnan(table).any(axis=1)]
    if len(table) < 2:
        return []
    with np.errstate(all="ignore"):
        deviations = table.std(axis=0)
        varying = np.isfinite(deviations) & (deviations > 0)
        standard = (table[:, varying] - table[:, varying].mean(axis=0)) / deviations[varying]
    if standard.shape[1] == 0 or not np.isfinite(standard).all():
        return []
    eigenvalues = np.clip(np.linalg.eigvalsh(standard.T @ standard / len(standard))[::-1], 0, None)
    shares = np.cumsum(eigenvalues) / eigenvalues.sum()
    return [round(float(share), 6) for share in shares[:MOST_PCA_QUBITS]]


def _suggested(numeric_features: int, explained: list[float]) -> int:
    enough = next((count for count, share in enumerate(explained, start=1) if share >= KEPT_VARIANCE), None)
    return min(numeric_features, max(2, enough or len(explained) or MOST_PCA_QUBITS), MOST_PCA_QUBITS)
