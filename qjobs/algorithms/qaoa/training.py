"""Finds the angles: L-BFGS on the exact expected value with adjoint gradients, from several starts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qjobs.algorithms.checkpoints import Checkpoints
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qubo import Ising
from qjobs.engines.observables import PauliSum
from qjobs.engines.program import Program
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec.methods import QaoaMethod

GRADIENT_TOLERANCE = 1e-6
"""Largest slope of the expected value, as a share of its unit a radian, at which training ends."""

RAMP_ANGLE = 0.75
TIE = 1e-9


@dataclass(frozen=True)
class Landscape:
    """The expected value of C over the angles, beta first."""

    engine: StatevectorEngine
    program: Program
    ising: Ising
    observable: PauliSum

    @classmethod
    def of(cls, ising: Ising, layers: int, engine: StatevectorEngine) -> "Landscape":
        return cls(engine, engine.compile(qaoa_circuit(ising, layers)), ising, ising.observable())

    def share(self, angles: NDArray) -> tuple[float, NDArray]:
        """The expected value in units of the Ising form, and its slopes (2 layers,)."""
        values, slopes = self.engine.value_gradients(self.program, angles[None, :], (self.observable,))
        return float(values[0, 0]) / self.ising.unit, slopes[0, 0] / self.ising.unit

    def residual(self, angles: NDArray) -> float:
        """The largest slope: 0 where no small change of an angle helps."""
        return float(np.abs(self.share(angles)[1]).max())


def trained_angles(
    method: QaoaMethod,
    landscape: Landscape,
    watch: Watch,
    *,
    seed: int,
    kept: Checkpoints,
    stage: int = 0,
    label: str = "",
) -> NDArray:
    """(2 layers,) radians; of equally good starts the first wins. Starts that `kept` knows are not repeated.

    `stage`: the number of this training among several of one spec; `label` names it in the log.
    """
    best, best_share = np.zeros(2 * method.layers), -np.inf
    for number in range(method.restarts):
        reached = kept.reached(stage, number, 2 * method.layers)
        if reached is None:
            reached = from_start(method, landscape, watch, seed=seed, number=number)
            kept.keep(stage, number, reached)
        share = landscape.share(reached)[0]
        if share > best_share + TIE:
            best, best_share = reached, share
        said = f"start {number + 1} of {method.restarts}{label}"
        watch.step("training", said, best_share, loss=-best_share)
    return best


def from_start(method: QaoaMethod, landscape: Landscape, watch: Watch, *, seed: int, number: int) -> NDArray:
    """Where start `number` of a training ends, (2 layers,)."""

    def loss(angles: NDArray) -> tuple[float, NDArray]:
        watch.check()
        share, slopes = landscape.share(angles)
        return -share, -slopes

    found = minimize(
        loss,
        _start(method.layers, landscape, seed, number),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": method.iterations, "gtol": GRADIENT_TOLERANCE / 10, "ftol": 1e-15},
    )
    return np.asarray(found.x, dtype=np.float64)


def _start(layers: int, landscape: Landscape, seed: int, number: int) -> NDArray:
    """First a ramp, as annealing would turn the fields; then random angles."""
    if number:
        dice = np.random.default_rng([seed, number])
        return np.concatenate([dice.uniform(0, np.pi / 2, layers), dice.uniform(0, np.pi, layers)])
    done = (np.arange(layers) + 0.5) / layers
    pull = max(1.0, landscape.ising.mean_pull)
    return np.concatenate([RAMP_ANGLE * (1 - done), RAMP_ANGLE * done * 2 / pull**0.5])
