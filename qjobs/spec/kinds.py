"""Which kind of spec each algorithm asks for."""

from collections.abc import Mapping
from typing import Final

from qjobs.spec.document import JobSpec, LearningSpec
from qjobs.spec.energy import EnergySpec
from qjobs.spec.graph import GraphSpec
from qjobs.spec.qnn import QnnSpec
from qjobs.spec.reduction import ReductionSpec

DEFAULT_ALGORITHM: Final = "qsvm"

KIND_OF: Mapping[str, type[JobSpec]] = {
    "qsvm": LearningSpec,
    "qaoa": GraphSpec,
    "vqe": EnergySpec,
    "qpca": ReductionSpec,
    "qnn": QnnSpec,
}
"""By the algorithm's name."""
