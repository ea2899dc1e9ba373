"""Whether posted counts are those that the spec's seed draws: a simulated device draws the same again.

Equal counts leave nothing to choose for who posts them. An honest machine may round a chance otherwise than
this one: a measurement whose random number lies between the two falls to another outcome. Of n measurements
with k outcomes that are at most Poisson(n (k - 1) ROUNDING).

Other releases may draw other numbers from a seed. Then only the acceptance test is left, which says of the
counts as a whole that they follow their chances, and nothing about which circuit got which.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from qjobs.algorithms.acceptance import ERROR_RATE, acceptance, acceptance_finding
from qjobs.algorithms.result import Finding

ROUNDING = 1e-12
"""By which the bounds between outcomes may differ from machine to machine: 1.4e-14 at most was measured, from
raw rows on, with the linear algebra for five kinds of processor."""

EQUAL = "as the spec's seed draws them"
OTHERS = "others"


def most_moved(measurements: int, outcomes: int, *, tests: int = 1) -> int:
    """Of so many measurements, how many rounding may move: one of ten million, none of a hundred thousand.

    Honest counts move more than that once in `tests` / ERROR_RATE results.
    """
    return int(poisson.isf(ERROR_RATE / tests, ROUNDING * measurements * (outcomes - 1)))


def redrawn_finding(
    name: str,
    posted: NDArray,
    drawn: NDArray,
    chances: Callable[[], NDArray],
    *,
    versions: Mapping[str, str],
    tests: int = 1,
) -> Finding:
    """Of (n, k) posted counts beside those drawn here, by these versions, as one of so many tests.

    `chances`: (n, k), computed only where the counts differ and so may the versions.
    """
    measurements = int(drawn.sum())
    moved = np.abs(posted - drawn).sum(axis=1) // 2
    count, allowed = int(moved.sum()), most_moved(measurements, drawn.shape[1], tests=tests)
    if count <= allowed:
        note = f"all {measurements}" if not count else f"all but {count} of {measurements}"
        return Finding(name, True, EQUAL, EQUAL, f"{note} measurements are the same")

    def by_chances() -> Finding:
        return acceptance_finding(f"{name} chances", acceptance([posted], [chances()]), tests=tests)

    note = f"{count} of {measurements} measurements in {int((moved > 0).sum())} of {len(moved)} circuits"
    words = f"{note} differ; rounding explains {allowed}"
    return Finding(name, False, EQUAL, OTHERS, words, versions, by_chances)
