"""Job specs: typed documents whose digest is what members vote for. Free of Django, Qiskit and NumPy."""

from qjobs.spec.canonical import build_spec, canonical_bytes, json_schema, read_spec, spec_cid, spec_digest
from qjobs.spec.comparison import Difference, OnChainRequest, differences, request_of
from qjobs.spec.document import SPEC_VERSION, JobSpec, LearningSpec, TableSpec
from qjobs.spec.energy import EnergySpec
from qjobs.spec.errors import ParentRefused, Problem, SpecRefused
from qjobs.spec.estimate import Estimate, estimate
from qjobs.spec.graph import GraphSpec
from qjobs.spec.machines import MachineSpec
from qjobs.spec.parts import MAX_QUBITS
from qjobs.spec.qnn import QnnSpec
from qjobs.spec.qubo import QuboSpec
from qjobs.spec.reduction import ReductionSpec

__all__ = [
    "MAX_QUBITS",
    "SPEC_VERSION",
    "Difference",
    "EnergySpec",
    "Estimate",
    "GraphSpec",
    "JobSpec",
    "LearningSpec",
    "MachineSpec",
    "OnChainRequest",
    "ParentRefused",
    "Problem",
    "QnnSpec",
    "QuboSpec",
    "ReductionSpec",
    "SpecRefused",
    "TableSpec",
    "build_spec",
    "canonical_bytes",
    "differences",
    "estimate",
    "json_schema",
    "read_spec",
    "request_of",
    "spec_cid",
    "spec_digest",
]
