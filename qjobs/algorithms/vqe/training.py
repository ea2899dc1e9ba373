"""Finds the angles of each state: the lowest energy first, further states held away from those found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.checkpoints import Checkpoints
from qjobs.algorithms.optimisers import minimised
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian
from qjobs.engines.observables import Observable, PauliSum
from qjobs.engines.program import Program
from qjobs.engines.statevector import StatevectorEngine
from qjobs.engines.steps import BlockValues
from qjobs.spec import EnergySpec, spec_digest

SLOPE_TOLERANCE = 1e-6
"""Largest slope of the loss, as a share of all coefficients a radian, at which L-BFGS must have ended."""

NEAR_ZERO = 0.1
TIE = 1e-9
TOLD_EVERY = 25


@dataclass(frozen=True)
class Deflated:
    """H + weight sum |found><found|: the states found cost `weight` more (arXiv:1805.08138, eq. 5)."""

    hamiltonian: PauliSum
    found: NDArray
    weight: float

    @property
    def qubits(self) -> int:
        return self.hamiltonian.qubits

    def apply(self, states: NDArray, block: BlockValues) -> NDArray:
        overlaps = self.weight * (states @ self.found.conj().T)
        applied: NDArray = self.hamiltonian.apply(states, block) + overlaps @ self.found
        return applied

    def expectations(self, states: NDArray, applied: NDArray) -> NDArray:
        return self.hamiltonian.expectations(states, applied)


@dataclass(frozen=True)
class Landscape:
    """The energy over the angles, in units of `scale`, the sum of all coefficients."""

    engine: StatevectorEngine
    program: Program
    observable: PauliSum
    scale: float
    deflation: float

    @classmethod
    def of(cls, spec: EnergySpec, hamiltonian: Hamiltonian) -> "Landscape":
        engine = StatevectorEngine(spec.limits.memory_bytes)
        program = engine.compile(trial_circuit(spec))
        method = spec.algorithm
        return cls(engine, program, hamiltonian.observable, hamiltonian.one_norm, method.deflation)

    @property
    def parameters(self) -> int:
        return len(self.program.parameters)

    def states(self, angles: NDArray) -> NDArray:
        """(n, parameters) -> (n, 2**qubits) complex128."""
        return self.program.states(angles)

    def energies(self, angles: NDArray) -> NDArray:
        """(n, parameters) -> (n,), of the Hamiltonian alone."""
        return self.engine.expectations(self.program, angles, (self.observable,))[:, 0]

    def loss(self, angles: NDArray, before: NDArray) -> tuple[float, NDArray]:
        """The deflated energy in units of the scale, and its slopes; `before`: (k, 2**q) states found."""
        wanted = (self._deflated(before),)
        values, slopes = self.engine.value_gradients(self.program, angles[None, :], wanted)
        return float(values[0, 0]) / self.scale, slopes[0, 0] / self.scale

    def value(self, angles: NDArray, before: NDArray) -> float:
        """The loss alone."""
        wanted = (self._deflated(before),)
        return float(self.engine.expectations(self.program, angles[None, :], wanted)[0, 0]) / self.scale

    def _deflated(self, before: NDArray) -> Observable:
        if not len(before):
            return self.observable
        return Deflated(self.observable, before, self.deflation * self.scale)

    def residual(self, angles: NDArray, before: NDArray) -> float:
        """The largest slope: 0 where no small change of an angle helps."""
        return float(np.abs(self.loss(angles, before)[1]).max(initial=0.0))


def trained_angles(
    spec: EnergySpec, landscape: Landscape, watch: Watch, checkpoints: Checkpoints | None = None
) -> NDArray:
    """(states, parameters) radians, lowest state first; starts that the checkpoints know are not repeated."""
    kept = checkpoints or Checkpoints(None, spec_digest(spec))
    method, angles = spec.algorithm, np.empty((spec.algorithm.states, landscape.parameters))
    for number in range(method.states):
        before = landscape.states(angles[:number])
        best_loss = np.inf
        for restart in range(method.restarts):
            reached = kept.reached(number, restart, landscape.parameters)
            if reached is None:
                reached = _from_start(spec, landscape, (number, restart), before, watch)
                kept.keep(number, restart, reached)
            loss = landscape.value(reached, before)
            # Of equally good starts the first wins.
            if loss < best_loss - TIE:
                angles[number], best_loss = reached, loss
            said = f"start {restart + 1} of {method.restarts}: state {number}"
            energy = best_loss * landscape.scale
            watch.step("training", said, energy, loss=best_loss)
    return angles


def lowest_starts(
    spec: EnergySpec, hamiltonian: Hamiltonian, numbers: Sequence[int], watch: Watch
) -> dict[int, NDArray]:
    """Where these starts of the lowest state end, which waits for no other."""
    landscape = Landscape.of(spec, hamiltonian)
    before = landscape.states(np.empty((0, landscape.parameters)))
    return {number: _from_start(spec, landscape, (0, number), before, watch) for number in numbers}


def _from_start(
    spec: EnergySpec, landscape: Landscape, place: tuple[int, int], before: NDArray, watch: Watch
) -> NDArray:
    """Where the training of a state ends; `place` is the number of the state and that of its start."""
    dice = np.random.default_rng([spec.seed, *place])

    def loss(angles: NDArray) -> tuple[float, NDArray]:
        watch.check()
        return landscape.loss(angles, before)

    def value(angles: NDArray) -> float:
        watch.check()
        return landscape.value(angles, before)

    def told(step: int, value: float) -> None:
        if step % TOLD_EVERY == 0:
            said = f"step {step}, energy {value * landscape.scale:.6f}: state {place[0]}"
            watch.tell("training", said, loss=value)

    return minimised(
        spec.algorithm.optimiser,
        loss,
        _start(landscape.parameters, place, dice),
        tolerance=SLOPE_TOLERANCE / 10,
        dice=dice,
        on_step=told,
        value=value,
    ).angles


def _start(count: int, place: tuple[int, int], dice: np.random.Generator) -> NDArray:
    """First near zero, where a trial state is near its reference; then anywhere."""
    return dice.normal(0.0, NEAR_ZERO, count) if place == (0, 0) else dice.uniform(-np.pi, np.pi, count)
