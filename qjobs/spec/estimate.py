"""What a job would take, from the spec and a number of rows alone: nothing is computed on the data."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qjobs.spec.costs.figures import FLOAT_BYTES, Cost
from qjobs.spec.costs.machines import machine_cost
from qjobs.spec.costs.qaoa import qaoa_cost
from qjobs.spec.costs.qnn import qnn_cost
from qjobs.spec.costs.qpca import qpca_cost
from qjobs.spec.costs.qsvm import qsvm_cost
from qjobs.spec.costs.qubo import qubo_cost
from qjobs.spec.costs.vqe import vqe_cost
from qjobs.spec.document import JobSpec, LearningSpec
from qjobs.spec.energy import EnergySpec
from qjobs.spec.graph import GraphSpec
from qjobs.spec.machines import MachineSpec
from qjobs.spec.qnn import QnnSpec
from qjobs.spec.qubo import QuboSpec
from qjobs.spec.reduction import ReductionSpec
from qjobs.spec.sizes import bytes_in_words

COSTS: Mapping[type[JobSpec], Callable[[Any, int], Cost]] = {
    LearningSpec: qsvm_cost,
    MachineSpec: machine_cost,
    GraphSpec: qaoa_cost,
    QuboSpec: qubo_cost,
    EnergySpec: vqe_cost,
    ReductionSpec: qpca_cost,
    QnnSpec: qnn_cost,
}


@dataclass(frozen=True)
class Estimate:
    """Cost of one run on one core.

    `circuits`: states prepared over the whole job. `rows_carried_max`: rows of data that the model may hold,
    since support vectors are rows. `cpu_seconds` is a rough figure. `refusals`: what is over the spec's
    limits.
    """

    qubits: int
    depth: int
    one_qubit_gates: int
    two_qubit_gates: int
    circuits: int
    rows: int
    rows_carried_max: int
    memory_bytes: int
    cpu_seconds: float
    refusals: tuple[str, ...]


def estimate(spec: JobSpec, rows: int) -> Estimate:
    """The cost of the job on `rows` rows in all its datasets together."""
    cost = COSTS[type(spec)](spec, rows)
    return Estimate(
        qubits=spec.qubits,
        depth=cost.size.depth,
        one_qubit_gates=cost.size.one_qubit_gates,
        two_qubit_gates=cost.size.two_qubit_gates,
        circuits=cost.circuits,
        rows=rows,
        rows_carried_max=cost.rows_carried_max,
        memory_bytes=cost.memory_bytes,
        cpu_seconds=cost.cpu_seconds,
        refusals=tuple(_refusals(spec, rows, cost)),
    )


def _refusals(spec: JobSpec, rows: int, cost: Cost) -> Iterator[str]:
    if cost.memory_bytes > spec.limits.memory_bytes:
        kernel = bytes_in_words(FLOAT_BYTES * rows * rows)
        yield (
            f"{rows} rows and {spec.qubits} qubits need {bytes_in_words(cost.memory_bytes)} of memory "
            f"(a matrix of all pairs of rows alone {kernel}); "
            f"the limit is {bytes_in_words(spec.limits.memory_bytes)}"
        )
    if cost.cpu_seconds > spec.limits.run_seconds:
        yield f"the run needs about {cost.cpu_seconds:.0f} s; the limit is {spec.limits.run_seconds} s"
    yield from cost.refusals
