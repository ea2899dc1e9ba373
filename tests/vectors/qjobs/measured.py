"""Circuits that are measured, and ways to tamper with what was counted, that the tests of qjobs share."""

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.engines.overlap import overlap_circuit
from qjobs.spec.feature_maps import ZzFeatureMap


def overlap(*, qubits: int, rows: int) -> tuple[QuantumCircuit, NDArray]:
    """The circuit of a kernel entry, and angles of so many entries."""
    circuit = overlap_circuit(feature_map_circuit(qubits, ZzFeatureMap()))
    return circuit, np.random.default_rng(1).uniform(-1, 1, (rows, 2 * qubits))


def tampered(
    name: str, counts: NDArray, chances: NDArray, dice: np.random.Generator, size: float = 1.0
) -> NDArray:
    """Counts (n, k) that were not drawn by (n, k) chances, with as many measurements; `size`: how much of it.

    another_model: a tenth of `size` of each distribution is that of another row. one_count: ten times `size`
    standard deviations moved in one row. as_expected: that share of the rows rounded from the chances, not
    drawn. counted_tenfold: that share of the rows measured a tenth as often. no_noise: chances raised to
    1 + size / 10, which is what less noise looks like.
    """
    shots, changed = int(counts[0].sum()), counts.copy()
    picked = dice.permutation(len(counts))[: max(1, round(size * len(counts)))]
    if name == "another_model":
        share = min(1.0, size / 10)
        mixed = (1 - share) * chances + share * np.roll(chances, 1, axis=0)
        return np.array([dice.multinomial(shots, each) for each in mixed])
    if name == "one_count":
        row = int(picked[0])
        high, low = np.argsort(-chances[row])[:2]
        spread = (shots * chances[row, high] * (1 - chances[row, high])) ** 0.5
        moved = min(int(10 * size * spread) + 1, int(changed[row, high]))
        changed[row, high] -= moved
        changed[row, low] += moved
    elif name == "as_expected":
        for row in picked:
            whole = np.floor(shots * chances[row]).astype(np.int64)
            whole[int(chances[row].argmax())] += shots - whole.sum()
            changed[row] = whole
    elif name == "counted_tenfold":
        for row in picked:
            changed[row] = 10 * dice.multinomial(shots // 10, chances[row])
    elif name == "no_noise":
        raised = chances ** (1 + size / 10)
        changed = np.array([dice.multinomial(shots, each / each.sum()) for each in raised])
    return changed
