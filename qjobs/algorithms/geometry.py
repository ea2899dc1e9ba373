"""Could this quantum kernel have an advantage on these rows at all? Asked of the kernels, without labels.

Geometric difference g of Huang et al. 2021 (arXiv:2011.01938, eq. 5): where g is far below sqrt(rows), the
classical kernel does as well on any labels. Concentration: Thanasilp et al. 2024 (arXiv:2208.11060).
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from qjobs.algorithms.kernels import FittedKernel, baseline_families
from qjobs.spec import TableSpec

REGULARISATION = 0.01
"""Added to the classical kernel's eigenvalues, whose mean is 1."""

MAX_ROWS = 400
"""The figures are of so many rows at most, evenly picked: they need all eigenvalues."""

CONCENTRATED_VARIANCE = 1e-4
"""Entries that differ by 0.01: 10,000 measurements each to tell them apart."""


def picked_rows(rows: int) -> NDArray:
    """Up to MAX_ROWS of the row numbers, evenly spread."""
    count = min(rows, MAX_ROWS)
    return np.arange(count) * rows // count


def geometric_difference(quantum: NDArray, classical: NDArray) -> float:
    """g = sqrt(|sqrt(K_Q) (K_C + r)^-1 sqrt(K_Q)|) of two kernels (n, n), each scaled to trace n."""
    count = len(quantum)
    mine, theirs = (each * (count / np.trace(each)) for each in (quantum, classical))
    # The largest eigenvalue of (K_C + r)^-1 K_Q, as one symmetric problem.
    top = [count - 1, count - 1]
    largest = eigh(mine, theirs + REGULARISATION * np.eye(count), eigvals_only=True, subset_by_index=top)
    return math.sqrt(max(0.0, float(largest[0])))


class Widths(Protocol):
    """Kernels of one kind."""

    @property
    def widths(self) -> tuple[float, ...]: ...

    @property
    def fitted(self) -> Callable[[NDArray], FittedKernel]: ...


def geometry_report(spec: TableSpec, gram: NDArray, features: NDArray) -> dict[str, Any]:
    """Beside the spec's baselines, as `geometry_beside`."""
    return geometry_beside(baseline_families(spec), gram, features)


def geometry_beside(families: Mapping[str, Widths], gram: NDArray, features: NDArray) -> dict[str, Any]:
    """`gram`: the quantum kernel of the picked rows, (n, n); `features`: (n, d) of the same rows.

    Of each classical family the width with the smallest g is told: the kernel that leaves least room.
    """
    found = {name: _nearest(family, gram, features) for name, family in families.items()}
    off_diagonal = gram[~np.eye(len(gram), dtype=bool)]
    variance = float(off_diagonal.var())
    least = min(each["g"] for each in found.values())
    return {
        "rows": len(gram),
        "sqrt_rows": math.sqrt(len(gram)),
        "regularisation": REGULARISATION,
        "geometric_difference": found,
        "least_to_sqrt_rows": least / math.sqrt(len(gram)),
        "kernel_mean": float(off_diagonal.mean()),
        "kernel_variance": variance,
        "is_concentrated": variance < CONCENTRATED_VARIANCE,
    }


def geometry_sentence(report: Mapping[str, Any]) -> str:
    """What the figures say, for a model card."""
    least = min(each["g"] for each in report["geometric_difference"].values())
    said = (
        f"The geometric difference to the nearest classical kernel is {least:.2f}. Far below "
        f"{report['sqrt_rows']:.1f}, the root of the rows, a classical kernel would do as well on any labels "
        "(Huang et al. 2021)."
    )
    if report["is_concentrated"]:
        said += " The kernel is concentrated: hardware could hardly tell its entries apart."
    return said


def _nearest(family: Widths, gram: NDArray, features: NDArray) -> dict[str, float]:
    kernel = family.fitted(features)
    found = [(geometric_difference(gram, kernel.square(width)), width) for width in family.widths]
    g, width = min(found)
    return {"g": g, "width": width}
