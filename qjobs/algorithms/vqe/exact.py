"""Energies without a quantum computer: exact diagonalisation where it fits, and the best product state."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh

from qjobs.algorithms.optimisers import minimised
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian
from qjobs.engines.observables import PauliSum
from qjobs.engines.steps import BlockValues
from qjobs.spec import EnergySpec
from qjobs.spec.energy import MAX_DENSE_QUBITS, MAX_EXACT_QUBITS
from qjobs.spec.optimisers import Lbfgs

PRODUCT_STREAM = 1_000
PRODUCT_TOLERANCE = 1e-8
NEAR = 0.1
BASIS_TIE = 1e-9


def operator_block(qubits: int) -> BlockValues:
    """What a Pauli sum needs to act on states of no circuit."""
    return BlockValues(np.empty((1, 0)), qubits)


def exact_energies(observable: PauliSum, count: int) -> list[float | None]:
    """The lowest energies, each as often as it occurs; those that no machine here finds in time are None.

    Up to 10 qubits all are found by dense diagonalisation, up to 16 the lowest by Lanczos' method.
    """
    block, dimension = operator_block(observable.qubits), 2**observable.qubits
    if observable.qubits <= MAX_DENSE_QUBITS:
        matrix = observable.apply(np.eye(dimension), block)
        return [float(each) for each in np.linalg.eigvalsh(matrix)[:count]]
    if observable.qubits > MAX_EXACT_QUBITS:
        return [None] * count
    kind = np.float64 if observable.is_real else np.complex128
    operator = LinearOperator(
        (dimension, dimension),
        matvec=lambda state: observable.apply(state.reshape(1, -1), block)[0],
        dtype=kind,
    )
    start = np.random.default_rng(0).normal(size=dimension).astype(kind)
    lowest = eigsh(operator, k=1, which="SA", v0=start, tol=1e-12, return_eigenvectors=False)
    return [float(lowest[0]), *[None] * (count - 1)]


def product_energy(spec: EnergySpec, hamiltonian: Hamiltonian) -> float:
    """The lowest energy of states without entanglement, from as many starts as the trial state has: what a
    mean field knows. The first start is near the best basis state."""
    product = ProductStates.of(hamiltonian)
    found = []
    for number in range(spec.algorithm.restarts):
        dice = np.random.default_rng([spec.seed, PRODUCT_STREAM, number])
        start = dice.uniform(-np.pi, np.pi, 2 * spec.qubits)
        if number == 0:
            turned = np.pi * _lowest_basis_state(hamiltonian.observable)
            start = np.concatenate([turned, np.zeros(spec.qubits)]) + dice.normal(0.0, NEAR, 2 * spec.qubits)
        best = minimised(
            Lbfgs(), product.share, start, tolerance=PRODUCT_TOLERANCE, dice=dice, on_step=_ignore_step
        )
        found.append(best.loss)
    return min(found) * hamiltonian.one_norm


@dataclass(frozen=True)
class ProductStates:
    """letters: (terms, qubits) of 0 to 3 for I, X, Y, Z; weights: (terms,), of which the sizes sum to 1."""

    letters: NDArray
    weights: NDArray

    @classmethod
    def of(cls, hamiltonian: Hamiltonian) -> "ProductStates":
        letters = np.array([["IXYZ".index(each) for each in reversed(label)] for label in hamiltonian.terms])
        return cls(letters, np.array(list(hamiltonian.terms.values())) / hamiltonian.one_norm)

    def share(self, angles: NDArray) -> tuple[float, NDArray]:
        """<H> and its slopes where each qubit points along its polar and azimuthal angles, (2 * qubits,)."""
        polar, azimuth = angles.reshape(2, -1)
        ones, nothing = np.ones_like(polar), np.zeros_like(polar)
        sine, cosine = np.sin(polar), np.cos(polar)
        along = np.stack([ones, sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=1)
        by_polar = np.stack([nothing, cosine * np.cos(azimuth), cosine * np.sin(azimuth), -sine], axis=1)
        by_azimuth = np.stack([nothing, -sine * np.sin(azimuth), sine * np.cos(azimuth), nothing], axis=1)
        qubits = np.arange(len(polar))
        factors = along[qubits, self.letters]
        others = self.weights[:, None] * _product_of_others(factors)
        slopes = [(others * each[qubits, self.letters]).sum(axis=0) for each in (by_polar, by_azimuth)]
        return float(self.weights @ factors.prod(axis=1)), np.concatenate(slopes)


def _product_of_others(factors: NDArray) -> NDArray:
    """Of each entry, the product of the others in its row."""
    padded = np.ones((len(factors), factors.shape[1] + 2))
    padded[:, 1:-1] = factors
    before = np.cumprod(padded, axis=1)[:, :-2]
    after = np.cumprod(padded[:, ::-1], axis=1)[:, ::-1][:, 2:]
    return before * after


def _ignore_step(step: int, loss: float) -> None:
    """For a search that nobody watches."""


def _lowest_basis_state(observable: PauliSum) -> NDArray:
    """(qubits,) bits of 0 and 1; of equally low basis states the first."""
    diagonal = np.zeros(2**observable.qubits)
    every = np.arange(2**observable.qubits, dtype=np.int64)
    for z_mask, weight in observable.groups.get(0, ()):
        diagonal += weight * (1.0 - 2.0 * (np.bitwise_count(every & z_mask) & 1))
    spread = np.abs(diagonal).max()
    lowest = int(np.flatnonzero(diagonal <= diagonal.min() + BASIS_TIE * spread)[0])
    return lowest >> np.arange(observable.qubits) & 1
