"""The spec of a job that solves a problem on a graph."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.document import JobSpec
from qjobs.spec.methods import Qaoa
from qjobs.spec.noise import MAX_NOISY_QUBITS, Noise
from qjobs.spec.parts import GraphRef


class GraphSpec(JobSpec):
    """One qubit a node. The answer is the best of `shots` measurements of the circuit without noise.

    `noise`: afterwards, what the same circuit would give on such a device; None leaves that out. The seed
    drives the starts of the training, the shots, the annealing and what `noise_evaluation` measures.
    """

    datasets: Annotated[tuple[GraphRef, ...], Field(min_length=1, max_length=1)]
    algorithm: Qaoa = Qaoa()
    shots: Annotated[int, Field(ge=1, le=100_000)] = 1024
    noise: Noise | None = None

    @model_validator(mode="after")
    def _circuit_fits(self) -> "GraphSpec":
        if self.qubits < 2:
            raise PydanticCustomError("too_few_qubits", "an edge joins 2 nodes, so 2 qubits are needed")
        if self.noise is not None and self.qubits > MAX_NOISY_QUBITS:
            raise PydanticCustomError(
                "too_many_noisy_qubits",
                "noise on {qubits} qubits needs 4**{qubits} numbers; the limit with noise is {limit} qubits",
                {"qubits": self.qubits, "limit": MAX_NOISY_QUBITS},
            )
        if self.parent_models:
            raise PydanticCustomError("no_parents", "qaoa starts from no other model")
        return self
