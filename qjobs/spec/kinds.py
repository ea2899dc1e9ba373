"""Which kind of spec each algorithm asks for."""

from collections.abc import Mapping
from typing import Any, Final

from qjobs.spec.document import JobSpec, LearningSpec
from qjobs.spec.energy import EnergySpec
from qjobs.spec.graph import GraphSpec
from qjobs.spec.machines import MachineSpec
from qjobs.spec.qnn import QnnSpec
from qjobs.spec.qubo import QuboSpec
from qjobs.spec.reduction import ReductionSpec

DEFAULT_ALGORITHM: Final = "qsvm"

KIND_OF: Mapping[str, type[JobSpec]] = {
    "qsvm": LearningSpec,
    "qaoa": GraphSpec,
    "vqe": EnergySpec,
    "qpca": ReductionSpec,
    "qnn": QnnSpec,
}
"""By the algorithm's name; qsvm with a `task` is another, as is qaoa with a `problem` of its own."""

KINDS: tuple[type[JobSpec], ...] = (*KIND_OF.values(), MachineSpec, QuboSpec)
"""All of them."""


def kind_of(algorithm: Mapping[str, Any]) -> type[JobSpec] | None:
    """The kind that a document with this algorithm is of; None where it names none that is known."""
    name = algorithm.get("name", DEFAULT_ALGORITHM)
    if name == DEFAULT_ALGORITHM and "task" in algorithm:
        return MachineSpec
    if name == "qaoa" and isinstance(algorithm.get("problem"), dict):
        return QuboSpec
    return KIND_OF.get(name) if isinstance(name, str) else None
