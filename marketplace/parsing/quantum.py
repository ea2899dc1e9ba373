"""Quantum qualities of a table: how many qubits its numeric features need, encoding by encoding."""

import math
from typing import Any

import numpy as np

KEPT_VARIANCE = 0.9
MOST_PCA_QUBITS = 12
MOST_PCA_FEATURES = 200
MOST_PCA_ROWS = 20_000
KERNEL_ROWS = 200


def quantum_qualities(
    numeric_features: int, explained: list[float], spread: dict[str, float] | None = None
) -> dict[str, Any]:
    """Qubits and depth by encoding: angle takes a qubit a feature, amplitude ceil(log2(features)).

    `explained`: cumulative shares of variance of the principal components, from `explained_variance`;
    `spread`: of the angle kernel, from `kernel_spread`.
    """
    if numeric_features == 0:
        return {
            "numeric_features": 0,
            "qubits_angle": None,
            "qubits_amplitude": None,
            "suggested_pca_qubits": None,
            "pca_explained_variance": [],
            "depth_amplitude": None,
            "kernel": None,
        }
    amplitude = max(1, math.ceil(math.log2(numeric_features)))
    return {
        "numeric_features": numeric_features,
        "qubits_angle": numeric_features,
        "qubits_amplitude": amplitude,
        "suggested_pca_qubits": _suggested(numeric_features, explained),
        "pca_explained_variance": explained,
        "depth_amplitude": amplitude_depth(amplitude),
        "kernel": spread,
    }


def amplitude_depth(qubits: int) -> int:
    """Gates one after the other that bring real amplitudes into a state: uniformly controlled rotations of
    Moettoenen et al., "Transformation of quantum states using uniformly controlled rotations"
    (arXiv:quant-ph/0407010): 2^q - 1 rotations and 2^q - 2 CNOTs.

    >>> amplitude_depth(3)
    13
    """
    return 2 ** (qubits + 1) - 3


def kernel_spread(columns: list[np.ndarray]) -> dict[str, float] | None:
    """Mean and standard deviation of the angle kernel between the first 200 rows; None below two whole rows.

    k(x, y) = product over features of cos^2((x_i - y_i) / 2), each feature scaled to [0, pi]. Where all its
    values are near 0 it has concentrated (Thanasilp et al., arXiv:2208.11060): nothing can be learnt from it.
    columns: each (n_rows,) float64, NaN for missing. Rows with a missing cell and constant columns are left
    out.
    """
    table = np.column_stack([column[:MOST_PCA_ROWS] for column in columns]) if columns else np.empty((0, 0))
    rows = table[~np.isnan(table).any(axis=1)][:KERNEL_ROWS]
    with np.errstate(all="ignore"):
        widths = np.ptp(rows, axis=0) if len(rows) > 1 else np.empty(0)
        varying = np.isfinite(widths) & (widths > 0)
        if not varying.any():
            return None
        angles = np.pi * ((rows[:, varying] - rows[:, varying].min(axis=0)) / widths[varying])
    kernel = np.ones((len(rows), len(rows)))
    for feature in angles.T:
        kernel *= np.cos((feature[:, None] - feature[None, :]) / 2) ** 2
    pairs = kernel[np.triu_indices(len(rows), 1)]
    return {"mean": round(float(pairs.mean()), 6), "standard_deviation": round(float(pairs.std()), 6)}


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
