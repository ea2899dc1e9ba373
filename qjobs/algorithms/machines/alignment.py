"""How much a kernel is like the one that the labels themselves make.

Both are centred first (Cortes, Mohri and Rostamizadeh 2012, arXiv:1203.0550, definition 4): without that,
unbalanced classes and the mean of a kernel decide. A machine with an intercept answers the same on a centred
kernel, so centring is done here alone.
"""

import numpy as np
from numpy.typing import NDArray


def centred(kernel: NDArray) -> NDArray:
    """H K H with H = 1 - 11^T / n: the kernel (n, n) of features less their mean."""
    found: NDArray = kernel - kernel.mean(axis=0) - kernel.mean(axis=1)[:, None] + kernel.mean()
    return found


def label_kernel(target: NDArray, classes: int) -> NDArray:
    """(n, n): of classes 1 where both rows have the same one; of numbers (`classes` 0) their products."""
    if classes:
        same: NDArray = (target[:, None] == target).astype(np.float64)
        return same
    return np.outer(target - target.mean(), target - target.mean())


def alignment(kernel: NDArray, labels: NDArray) -> float:
    """The cosine of two kernels (n, n), the first centred: between -1 and 1."""
    mine, theirs = centred(kernel), centred(labels)
    scale = float(np.linalg.norm(mine) * np.linalg.norm(theirs))
    return float((mine * theirs).sum()) / scale if scale > 0 else 0.0
