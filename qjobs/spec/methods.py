"""The algorithms that a spec can name, each with its own parameters."""

from typing import Annotated, Literal

from pydantic import Field

from qjobs.spec.optimisers import Lbfgs, Optimiser
from qjobs.spec.parts import Part
from qjobs.spec.values import Grid


class Method(Part):
    """Base of every algorithm's parameters; `name` is the one that the request on chain repeats."""

    name: str


class Qsvm(Method):
    """Quantum-kernel support vector machine.

    `bandwidth_grid`: factors on every angle; small ones keep the kernel from concentrating
    (arXiv:2206.06686).
    """

    name: Literal["qsvm"] = "qsvm"
    c_grid: Grid = (0.1, 1.0, 10.0, 100.0)
    bandwidth_grid: Grid = (0.05, 0.1, 0.2, 0.4, 1.0)
    inner_folds: Annotated[int, Field(ge=2, le=10)] = 3


class QaoaMethod(Method):
    """Quantum approximate optimisation (Farhi, Goldstone and Gutmann 2014, arXiv:1411.4028).

    `layers`: p of the paper. `restarts`: trainings from different angles, the first a ramp as in annealing;
    each takes at most `iterations` steps. `annealing_*`: the budget of simulated annealing beside it.
    """

    name: Literal["qaoa"] = "qaoa"
    layers: Annotated[int, Field(ge=1, le=8)] = 2
    restarts: Annotated[int, Field(ge=1, le=20)] = 4
    iterations: Annotated[int, Field(ge=1, le=500)] = 100
    annealing_reads: Annotated[int, Field(ge=1, le=1000)] = 50
    annealing_sweeps: Annotated[int, Field(ge=1, le=10_000)] = 200


class Qaoa(QaoaMethod):
    """The largest cut of a graph."""

    problem: Literal["max-cut"] = "max-cut"


class Vqe(Method):
    """Variational quantum eigensolver (Peruzzo et al. 2014, arXiv:1304.3061).

    `restarts`: trainings a state from different angles. `states`: how many of the lowest energies; each
    further state is held away from those found by `deflation` times the overlap, in units of the sum of all
    coefficients (Higgott, Wang and Brierley 2019, arXiv:1805.08138).
    """

    name: Literal["vqe"] = "vqe"
    optimiser: Optimiser = Lbfgs()
    restarts: Annotated[int, Field(ge=1, le=20)] = 3
    states: Annotated[int, Field(ge=1, le=4)] = 1
    deflation: Annotated[float, Field(gt=0, le=2)] = 1.0


class Qpca(Method):
    """Principal components in the space of a quantum kernel (Schoelkopf, Smola and Mueller 1998; kernel:
    Havlicek et al. 2019, arXiv:1804.11326).

    `phase_qubits`: of the phase estimation that reads the spectrum of the mean state beside it (Lloyd,
    Mohseni and Rebentrost 2014, arXiv:1307.0401); 0 leaves it out. `copies`: of that state, with which its
    evolution is imitated.
    """

    name: Literal["qpca"] = "qpca"
    components: Annotated[int, Field(ge=1, le=16)] = 2
    bandwidth_grid: Grid = (0.05, 0.1, 0.2, 0.4, 1.0)
    inner_folds: Annotated[int, Field(ge=2, le=10)] = 3
    phase_qubits: Annotated[int, Field(ge=0, le=8)] = 6
    copies: Annotated[int, Field(ge=1, le=100_000)] = 1000
