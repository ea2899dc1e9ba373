"""Which rows train and which test: decided by hashes, so that no release of a library can change them."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.spec.parts import Splits


@dataclass(frozen=True)
class Split:
    """Row numbers, sorted; together every row once."""

    train: NDArray
    test: NDArray


def outer_splits(strata: NDArray, splits: Splits) -> tuple[Split, ...]:
    """Stratified shuffle splits: of each stratum the test fraction with the lowest hashes, at least one row.

    strata: (n,) of bool or whole numbers, equal within a stratum.
    """
    return tuple(_outer_split(strata, splits, number) for number in range(splits.count))


def inner_folds(strata: NDArray, count: int, seed: int) -> tuple[Split, ...]:
    """Stratified folds of a training part, for choosing parameters inside it."""
    fold_of = np.empty(len(strata), dtype=int)
    for rows in _rows_of_each(strata):
        fold_of[ranked_rows(rows, f"fold:{seed}")] = np.arange(len(rows)) % count
    return tuple(
        Split(np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)) for fold in range(count)
    )


def _outer_split(strata: NDArray, splits: Splits, number: int) -> Split:
    is_test = np.zeros(len(strata), dtype=bool)
    for rows in _rows_of_each(strata):
        count = min(len(rows) - 1, max(1, int(len(rows) * splits.test_fraction + 0.5)))
        is_test[ranked_rows(rows, f"split:{splits.seed}:{number}")[:count]] = True
    return Split(np.flatnonzero(~is_test), np.flatnonzero(is_test))


def _rows_of_each(strata: NDArray) -> list[NDArray]:
    return [np.flatnonzero(strata == each) for each in np.unique(strata)]


def ranked_rows(rows: NDArray, salt: str) -> NDArray:
    """The rows in the order of sha256(salt:row)."""
    return np.array(
        sorted(rows, key=lambda row: hashlib.sha256(f"{salt}:{row}".encode()).digest()), dtype=int
    )
