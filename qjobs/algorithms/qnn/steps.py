"""Optimisers that can stop and go on: all that a step depends on is a row of numbers and the step's number.

The row (`state`) begins with the weights. What an optimiser remembers beyond follows, so that an auditor who
starts from any posted row comes to the next one. L-BFGS remembers nothing across checks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qjobs.algorithms.qnn.objective import SCALARS, Objective
from qjobs.spec.optimisers import Adam, Lbfgs, Spsa
from qjobs.spec.qnn import CHECK_STEPS, NaturalGradient, Qnn

DECAYS = (0.9, 0.999)
SAFEGUARD = 1e-8
GAIN_POWER, PROBE_POWER, STABILITY_SHARE = 0.602, 0.101, 0.1
METRIC_ROWS = 8
"""The metric of the states is the mean over so many rows of the batch."""

START_STREAM, BATCH_STREAM, PROBE_STREAM = 0, 1, 2


@dataclass(frozen=True)
class Seeds:
    """`training`: which of the job's trainings this is; each draws numbers of its own."""

    seed: int
    training: int

    def dice(self, stream: int, number: int = 0) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.training, stream, number])


def checks(method: Qnn) -> int:
    """How many checks a training has at most."""
    return -(-method.optimiser.iterations // CHECK_STEPS)


def first_state(method: Qnn, weights: int, seeds: Seeds) -> NDArray:
    """Small random angles, slope 1, offset 0, and an empty memory."""
    angles = seeds.dice(START_STREAM).uniform(-0.5, 0.5, weights)
    size = weights + SCALARS
    memory = {Adam: 2 * size, Spsa: 1}.get(type(method.optimiser), 0)
    return np.concatenate([angles, [1.0, 0.0], np.zeros(memory)])


def advanced(method: Qnn, objective: Objective, state: NDArray, check: int, seeds: Seeds) -> NDArray:
    """The state after the steps of check number `check`, from 0."""
    first = check * CHECK_STEPS
    until = min(first + CHECK_STEPS, method.optimiser.iterations)
    match method.optimiser:
        case Lbfgs():
            options = {"maxiter": until - first, "gtol": 1e-6, "ftol": 1e-15}
            found = minimize(objective.loss_and_slopes, state, jac=True, method="L-BFGS-B", options=options)
            return np.asarray(found.x, dtype=np.float64)
        case Adam() as adam:
            for step in range(first, until):
                state = _adam(adam, _batch(method, objective, step, seeds), state, step + 1)
        case Spsa() as spsa:
            for step in range(first, until):
                direction = seeds.dice(PROBE_STREAM, step).choice((-1.0, 1.0), size=len(state) - 1)
                state = _spsa(spsa, _batch(method, objective, step, seeds), state, step + 1, direction)
        case NaturalGradient() as natural:
            for step in range(first, until):
                state = _natural(natural, _batch(method, objective, step, seeds), state)
    return state


def states_metric(objective: Objective, weights: NDArray) -> NDArray:
    """Re(<d_i|d_j> - <d_i|psi><psi|d_j>), (angles, angles), the mean over the first rows of the batch.

    A rotation's derivative is half the state with its angle moved by pi, since R(pi) = -i P.
    """
    circuit, angles = objective.circuit, objective.angles[:METRIC_ROWS]
    count = circuit.weights
    moved = np.vstack([np.zeros(count), np.pi * np.eye(count)]) + weights[:count]
    total = np.zeros((count, count))
    for row in angles:
        rows = np.hstack([moved, np.tile(row, (count + 1, 1))])
        state, *_ = states = circuit.program.states(rows)
        derivatives = states[1:] / 2
        along = derivatives.conj() @ state
        total += (derivatives.conj() @ derivatives.T - np.outer(along, along.conj())).real
    return total / len(angles)


def _batch(method: Qnn, objective: Objective, step: int, seeds: Seeds) -> Objective:
    """The rows of a step: the next of a fresh random order every epoch; rows that do not fill one wait."""
    size = method.batch_size
    if size is None or size >= len(objective):
        return objective
    epoch, number = divmod(step, len(objective) // size)
    order = seeds.dice(BATCH_STREAM, epoch).permutation(len(objective))
    return objective.part(np.sort(order[number * size : (number + 1) * size]))


def _adam(adam: Adam, batch: Objective, state: NDArray, step: int) -> NDArray:
    """Kingma and Ba 2015 (arXiv:1412.6980, algorithm 1); the state is weights, mean and mean square."""
    weights, mean, square = np.split(state, 3)
    _, slopes = batch.loss_and_slopes(weights)
    mean = DECAYS[0] * mean + (1 - DECAYS[0]) * slopes
    square = DECAYS[1] * square + (1 - DECAYS[1]) * slopes**2
    scale = np.sqrt(square / (1 - DECAYS[1] ** step)) + SAFEGUARD
    return np.concatenate([weights - adam.step * mean / (1 - DECAYS[0] ** step) / scale, mean, square])


def _spsa(spsa: Spsa, batch: Objective, state: NDArray, step: int, direction: NDArray) -> NDArray:
    """Spall 1998; the state is weights and the gain, which makes the first change of a weight `step`."""
    weights, gain = state[:-1], float(state[-1])
    stability = STABILITY_SHARE * spsa.iterations
    probe = spsa.probe / step**PROBE_POWER
    slope = (batch.loss(weights + probe * direction) - batch.loss(weights - probe * direction)) / (2 * probe)
    if gain == 0.0:
        gain = spsa.step * (stability + 1) ** GAIN_POWER / max(abs(slope), SAFEGUARD)
    change = np.clip(gain / (stability + step) ** GAIN_POWER * slope, -spsa.step, spsa.step)
    return np.append(weights - change * direction, gain)


def _natural(natural: NaturalGradient, batch: Objective, weights: NDArray) -> NDArray:
    """Angles by the metric of the states (arXiv:1909.02108, eq. 10), slope and offset as they are."""
    _, slopes = batch.loss_and_slopes(weights)
    count = len(weights) - SCALARS
    metric = states_metric(batch, weights) + natural.damping * np.eye(count)
    natural_slopes = np.linalg.solve(metric, slopes[:count])
    return weights - natural.step * np.concatenate([natural_slopes, slopes[count:]])
