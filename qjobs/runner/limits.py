"""Limits of one run, and the names that it may write."""

from dataclasses import dataclass

from qjobs.spec import JobSpec

MIB = 2**20

OUTPUT_NAMES = frozenset(
    {"model.safetensors", "preprocessing.json", "circuit.qasm", "circuit.qpy", "metrics.json", "README.md"}
)
"""Files that every artefact holds: data formats that cannot run."""

MEASUREMENTS_NAME = "measurements.safetensors"
"""What one whose spec is statistical holds besides."""

SMALL_OUTPUT_BYTES = MIB
"""Each output but model and measurements must fit one raw block."""

MODEL_NAME = "model.safetensors"
LARGE_NAMES = frozenset({MODEL_NAME, MEASUREMENTS_NAME})


@dataclass(frozen=True)
class RunLimits:
    """run_seconds: wall clock and, separately, CPU. memory_bytes: address space of the child, 1 GiB at least.

    output_bytes: all files together.
    """

    run_seconds: int
    memory_bytes: int
    output_bytes: int = 64 * MIB

    @classmethod
    def of(cls, spec: JobSpec) -> "RunLimits":
        """What the spec asks for."""
        return cls(spec.limits.run_seconds, spec.limits.memory_bytes)
