"""QUBO by D-Wave's classical samplers: simulated annealing, and steepest descent as the greedy answer.

A QUBO asks for bits x that minimise x^T Q x + offset (Lucas 2014, arXiv:1302.5843).
"""

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from dimod import BinaryQuadraticModel, SampleSet
from dwave.samplers import SimulatedAnnealingSampler, SteepestDescentSampler
from numpy.typing import NDArray

from qjobs.engines.errors import StateTooLarge
from qjobs.engines.protocol import EngineFacts
from qjobs.spec.sizes import bytes_in_words

MAX_VARIABLES = 4096
UPDATES_PER_SECOND = 2e7
SEED_LIMIT = 2**31


@dataclass(frozen=True)
class Answer:
    """bits: (variables,) int8 of 0 and 1; `value`: x^T Q x + offset of them, recomputed here."""

    bits: NDArray
    value: float


class AnnealerEngine:
    """The best of `reads` runs; equal seeds give equal answers with one release of the sampler."""

    facts = EngineFacts(
        name="annealer",
        version=version("dwave-samplers"),
        max_qubits=MAX_VARIABLES,
        determinism="statistical",
    )

    def __init__(self, memory_limit_bytes: int | None = None) -> None:
        self._memory_limit_bytes = memory_limit_bytes

    def anneal(self, qubo: NDArray, *, reads: int, sweeps: int, seed: int, offset: float = 0.0) -> Answer:
        """The best of `annealed`."""
        return _best(qubo, self.annealed(qubo, reads=reads, sweeps=sweeps, seed=seed), offset)

    def annealed(self, qubo: NDArray, *, reads: int, sweeps: int, seed: int) -> NDArray:
        """Metropolis sweeps on a falling temperature, `reads` times from random bits: (reads, variables)."""
        model = self._model(qubo, reads)
        found = SimulatedAnnealingSampler().sample(
            model, num_reads=reads, num_sweeps=sweeps, seed=seed % SEED_LIMIT
        )
        return _in_order(found)

    def descend(self, qubo: NDArray, *, reads: int, seed: int, offset: float = 0.0) -> Answer:
        """The greedy answer: flips the bit that helps most until none does, `reads` times."""
        model = self._model(qubo, reads)
        found = SteepestDescentSampler().sample(model, num_reads=reads, seed=seed % SEED_LIMIT)
        return _best(qubo, _in_order(found), offset)

    def cpu_seconds(self, qubits: int, gates: int, rows: int) -> float:
        """`qubits`: variables; `gates`: couplings; `rows`: sweeps over all reads together."""
        return rows * (qubits + gates) / UPDATES_PER_SECOND

    def memory_bytes(self, variables: int, reads: int) -> int:
        """The model as dimod holds it, and the answers."""
        return 3 * 16 * variables**2 + 16 * variables * reads

    def _model(self, qubo: NDArray, reads: int) -> BinaryQuadraticModel:
        count = len(qubo)
        needed = self.memory_bytes(count, reads)
        limit = self._memory_limit_bytes
        if count > self.facts.max_qubits or (limit is not None and needed > limit):
            raise StateTooLarge(
                f"{count} variables with {reads} reads need {bytes_in_words(needed)}; the limit is "
                f"{self.facts.max_qubits} variables"
                + (f" and {bytes_in_words(limit)}" if limit is not None else "")
            )
        if qubo.shape != (count, count) or not np.isfinite(qubo).all():
            raise ValueError(f"a QUBO is a square matrix of finite numbers, not of shape {qubo.shape}")
        return BinaryQuadraticModel(qubo, "BINARY")


def _in_order(found: SampleSet) -> NDArray:
    """(reads, variables) bits, the variables in the order of the matrix."""
    bits: NDArray = found.record.sample[:, np.argsort(np.array(list(found.variables)))]
    return bits


def _best(qubo: NDArray, samples: NDArray, offset: float) -> Answer:
    """Of equally good answers the first in the order of their bits, so that a tie has one winner."""
    bits = np.unique(samples, axis=0)
    values = ((bits @ qubo) * bits).sum(axis=1) + offset
    best = int(np.flatnonzero(values <= values.min() + 1e-12)[0])
    return Answer(bits[best].astype(np.int8), float(values[best]))
