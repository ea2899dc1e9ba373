"""The loss over weights: the trained angles, then slope and offset of the answer slope x <O> + offset."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from qjobs.algorithms.qnn.circuit import qnn_circuit, readout
from qjobs.engines.observables import PauliSum
from qjobs.engines.program import Program
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import QnnSpec

SCALARS = 2
"""Slope and offset, the last of the weights."""


@dataclass(frozen=True)
class Circuit:
    """The compiled circuit and its observable. `weights`: trained angles, before the features in a row."""

    engine: StatevectorEngine
    program: Program
    observable: PauliSum
    weights: int

    @classmethod
    def of(cls, spec: QnnSpec) -> "Circuit":
        engine = StatevectorEngine(spec.limits.memory_bytes)
        return cls(
            engine, engine.compile(qnn_circuit(spec)), readout(spec), spec.algorithm.weights(spec.qubits)
        )

    def rows(self, weights: NDArray, angles: NDArray) -> NDArray:
        """(n, parameters): the trained angles beside each row of features."""
        trained = np.broadcast_to(weights[: self.weights], (len(angles), self.weights))
        return np.concatenate([trained, angles], axis=1)

    def values(self, weights: NDArray, angles: NDArray) -> NDArray:
        """<O> of each row of (n, qubits) angles: (n,) float64 in [-1, 1]."""
        return self.engine.expectations(self.program, self.rows(weights, angles), (self.observable,))[:, 0]

    def answers(self, weights: NDArray, angles: NDArray) -> NDArray:
        """slope x <O> + offset of each row, (n,)."""
        return weights[-2] * self.values(weights, angles) + weights[-1]


@dataclass(frozen=True)
class Objective:
    """angles: (n, qubits) of the training rows; target: (n,), +1 and -1 or standardised numbers.

    Classes: mean of log(1 + exp(-target x answer)); numbers: mean of (answer - target)**2 / 2. To both comes
    penalty x slope**2.
    """

    circuit: Circuit
    angles: NDArray
    target: NDArray
    is_class: bool
    penalty: float

    def __len__(self) -> int:
        return len(self.target)

    def part(self, rows: NDArray) -> "Objective":
        """The same over some of the rows."""
        return Objective(self.circuit, self.angles[rows], self.target[rows], self.is_class, self.penalty)

    def loss(self, weights: NDArray) -> float:
        return self._loss(self.circuit.answers(weights, self.angles)) + self.penalty * float(weights[-2] ** 2)

    def loss_and_slopes(self, weights: NDArray) -> tuple[float, NDArray]:
        """The loss and its slopes in all weights, (weights,): adjoint over the whole batch."""
        slope, offset = weights[-2:]

        def slopes_in_values(values: NDArray) -> NDArray:
            return self._slopes(slope * values + offset) * slope

        circuit = self.circuit
        values, trained = circuit.engine.loss_gradient(
            circuit.program,
            circuit.rows(weights, self.angles),
            circuit.observable,
            range(circuit.weights),
            slopes_in_values,
        )
        answers = slope * values + offset
        by_answer = self._slopes(answers)
        scalars = [by_answer @ values + 2 * self.penalty * slope, by_answer.sum()]
        loss = self._loss(answers) + self.penalty * float(slope**2)
        return loss, np.concatenate([trained, scalars])

    def _loss(self, answers: NDArray) -> float:
        if self.is_class:
            return float(np.logaddexp(0.0, -self.target * answers).mean())
        return float(((answers - self.target) ** 2).mean() / 2)

    def _slopes(self, answers: NDArray) -> NDArray:
        """Of the loss in each answer."""
        if self.is_class:
            slopes: NDArray = -self.target * expit(-self.target * answers) / len(answers)
            return slopes
        return (answers - self.target) / len(answers)
