"""Finds the angles: L-BFGS on the exact expected cut with adjoint gradients, from several starts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.maxcut import cut_observable
from qjobs.engines.observables import PauliSum
from qjobs.engines.program import Program
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import GraphSpec

GRADIENT_TOLERANCE = 1e-6
"""Largest slope of the expected cut, as a share of all weight a radian, at which training ends."""

RAMP_ANGLE = 0.75
TIE = 1e-9


@dataclass(frozen=True)
class Landscape:
    """The expected cut over the angles, beta first."""

    engine: StatevectorEngine
    program: Program
    observable: PauliSum
    total_weight: float

    @classmethod
    def of(cls, graph: Graph, layers: int, engine: StatevectorEngine) -> "Landscape":
        program = engine.compile(qaoa_circuit(graph, layers))
        return cls(engine, program, cut_observable(graph), graph.total_weight)

    def share(self, angles: NDArray) -> tuple[float, NDArray]:
        """The expected cut as a share of all weight, and its slopes (2 layers,)."""
        values, slopes = self.engine.value_gradients(self.program, angles[None, :], (self.observable,))
        return float(values[0, 0]) / self.total_weight, slopes[0, 0] / self.total_weight

    def residual(self, angles: NDArray) -> float:
        """The largest slope: 0 where no small change of an angle helps."""
        return float(np.abs(self.share(angles)[1]).max())


def trained_angles(spec: GraphSpec, graph: Graph, landscape: Landscape, watch: Watch) -> NDArray:
    """(2 layers,) radians; of equally good starts the first wins."""
    method = spec.algorithm

    def loss(angles: NDArray) -> tuple[float, NDArray]:
        watch.check()
        share, slopes = landscape.share(angles)
        return -share, -slopes

    best, best_share = np.zeros(2 * method.layers), -1.0
    for number in range(method.restarts):
        found = minimize(
            loss,
            _start(spec, graph, number),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": method.iterations, "gtol": GRADIENT_TOLERANCE / 10, "ftol": 1e-15},
        )
        share = -float(found.fun)
        if share > best_share + TIE:
            best, best_share = np.asarray(found.x, dtype=np.float64), share
        watch.step("training", f"start {number + 1} of {method.restarts}", best_share)
    return best


def _start(spec: GraphSpec, graph: Graph, number: int) -> NDArray:
    """First a ramp, as annealing would turn the fields; then random angles."""
    layers = spec.algorithm.layers
    if number:
        dice = np.random.default_rng([spec.seed, number])
        return np.concatenate([dice.uniform(0, np.pi / 2, layers), dice.uniform(0, np.pi, layers)])
    done = (np.arange(layers) + 0.5) / layers
    degree = 2 * graph.total_weight / graph.weights.max() / len(graph.nodes)
    return np.concatenate([RAMP_ANGLE * (1 - done), RAMP_ANGLE * done * 2 / max(1.0, degree) ** 0.5])
