"""Kernels that are measured entry by entry, and the same kernels from posted counts.

What was drawn is posted; choice of parameters, training and metrics follow from it exactly. So a run and its
check differ in the engine alone, and the counts themselves are drawn again.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from safetensors.numpy import save

from qjobs.algorithms.checkpoints import made_by
from qjobs.algorithms.errors import ModelRefused, TrainingCancelled
from qjobs.algorithms.kept_counts import KeptCounts
from qjobs.algorithms.progress import ShouldCancel, never_cancel
from qjobs.algorithms.redrawing import redrawn_finding
from qjobs.algorithms.result import MEASUREMENTS_FILE, Finding
from qjobs.algorithms.tensors import read_tensors
from qjobs.engines.environment import drawn_with
from qjobs.engines.measuring import AerMeter, Meter, open_meter
from qjobs.engines.overlap import mirrored_gram, overlap_circuit, paired_rows, upper_pairs
from qjobs.spec import LearningSpec
from qjobs.spec.costs.measuring import MAX_ENTRIES

ZEROS = "kernel_zeros"
MAX_BYTES = 2**26
PAIRS_AT_ONCE = 512
ASKING_ORDER = 1
"""Of a run's kernels; another number where they are asked for in another order."""


def measured_kernels(
    spec: LearningSpec, should_cancel: ShouldCancel = never_cancel, checkpoint: Path | None = None
) -> "MeasuredKernels":
    """The engine of a run that is to measure; it goes on from the counts in the file."""
    versions = sorted(drawn_with([spec.device]).items())
    kept = KeptCounts(checkpoint, f"{made_by(spec)} {ASKING_ORDER} {PAIRS_AT_ONCE} {versions}")
    return MeasuredKernels(spec, _meter(spec), kept, should_cancel)


def posted_kernels(spec: LearningSpec, block: bytes) -> "PostedKernels":
    """The engine of a check, from the bytes of a posted file; raises `ModelRefused`."""
    arrays = read_tensors(block, most_bytes=MAX_BYTES, what="the measurements")
    zeros = arrays.get(ZEROS)
    if set(arrays) != {ZEROS} or zeros is None or zeros.dtype != np.uint32 or zeros.ndim != 1:
        raise ModelRefused(f"the measurements are no list of counts, {ZEROS}")
    if len(zeros) > MAX_ENTRIES or zeros.max(initial=0) > (spec.shots or 0):
        raise ModelRefused(f"the counts are more than {MAX_ENTRIES}, or above {spec.shots} measurements")
    return PostedKernels(spec, _meter(spec), zeros.astype(np.int64))


class MeasuredKernels:
    """An engine of kernels alone. `zeros`: how often each entry saw all zeros, in the order asked for."""

    def __init__(
        self, spec: LearningSpec, meter: Meter, kept: KeptCounts, should_cancel: ShouldCancel = never_cancel
    ) -> None:
        self._shots = spec.shots or 0
        self._seed = spec.seed
        self._meter = meter
        self._kept = kept
        self._should_cancel = should_cancel
        self.zeros: list[NDArray] = []

    def compile(self, circuit: QuantumCircuit) -> QuantumCircuit:
        return overlap_circuit(circuit)

    def gram(self, program: QuantumCircuit, rows: NDArray) -> NDArray:
        """Symmetric, and positive semidefinite by what is added to its diagonal of 1 where shots took that
        away (Hubregtsen et al. 2022, arXiv:2105.02276, section III C: Tikhonov)."""
        gram = mirrored_gram(len(rows), self._shares(program, rows, None))
        lowest = float(np.linalg.eigvalsh(gram)[0])
        return gram - min(lowest, 0.0) * np.eye(len(rows))

    def cross_gram(self, program: QuantumCircuit, left: NDArray, right: NDArray) -> NDArray:
        return self._shares(program, left, right).reshape(len(left), len(right))

    def _shares(self, overlap: QuantumCircuit, left: NDArray, right: NDArray | None) -> NDArray:
        zeros = self._counted(overlap, _pairs(left, right))
        self.zeros.append(zeros)
        return zeros / self._shots

    def _counted(self, overlap: QuantumCircuit, pairs: NDArray) -> NDArray:
        place = sum(len(each) for each in self.zeros)
        if place + len(pairs) > MAX_ENTRIES:
            raise ModelRefused(f"more than {MAX_ENTRIES} kernel entries would have to be measured")
        parts = range(0, len(pairs), PAIRS_AT_ONCE)
        drawn = [self._part(overlap, pairs[at : at + PAIRS_AT_ONCE], place + at) for at in parts]
        return np.concatenate(drawn) if drawn else np.empty(0, dtype=np.int64)

    def _part(self, overlap: QuantumCircuit, pairs: NDArray, place: int) -> NDArray:
        """Counts of some pairs, that at `place` the first of them; they are drawn once."""
        known = self._kept.known(place, len(pairs))
        if known is not None:
            return known
        if self._should_cancel():
            raise TrainingCancelled(f"stopped after {place} measured entries")
        counts = self._meter.counts(overlap, pairs, self._shots, (self._seed, place))[:, 0].copy()
        self._kept.keep(place, counts)
        return counts

    @property
    def files(self) -> Mapping[str, bytes]:
        """What is posted of it."""
        return {MEASUREMENTS_FILE: save({ZEROS: np.concatenate(self.zeros).astype(np.uint32)})}


class PostedKernels(MeasuredKernels):
    """The same kernels from posted counts, beside which each is drawn again."""

    def __init__(self, spec: LearningSpec, meter: Meter, posted: NDArray) -> None:
        super().__init__(spec, meter, KeptCounts(None, ""))
        self._versions = drawn_with([spec.device])
        self._posted = posted
        self._drawn: list[NDArray] = []
        self._asked: list[tuple[QuantumCircuit, NDArray, NDArray | None]] = []

    def _shares(self, overlap: QuantumCircuit, left: NDArray, right: NDArray | None) -> NDArray:
        self._asked.append((overlap, left, right))
        return super()._shares(overlap, left, right)

    def _counted(self, overlap: QuantumCircuit, pairs: NDArray) -> NDArray:
        place = sum(len(each) for each in self.zeros)
        if place + len(pairs) > len(self._posted):
            raise ModelRefused(f"the training asks for more than the {len(self._posted)} posted entries")
        self._drawn.append(super()._counted(overlap, pairs))
        return self._posted[place : place + len(pairs)]

    def findings(self) -> Iterator[Finding]:
        """Whether every posted entry was read, and is what the spec's seed draws."""
        zeros, drawn = np.concatenate(self.zeros), np.concatenate(self._drawn)
        if len(zeros) != len(self._posted):
            yield Finding(
                f"{MEASUREMENTS_FILE} entries", False, f"{len(zeros)} entries", f"{len(self._posted)} entries"
            )
            return
        yield redrawn_finding(
            f"{MEASUREMENTS_FILE} kernel",
            self._or_others(zeros),
            self._or_others(drawn),
            lambda: np.concatenate([self._chances(*each) for each in self._asked]),
            versions=self._versions,
        )

    def _or_others(self, zeros: NDArray) -> NDArray:
        """(n, 2): all zeros, or any other outcome."""
        return np.stack([zeros, self._shots - zeros], axis=1)

    def _chances(self, overlap: QuantumCircuit, left: NDArray, right: NDArray | None) -> NDArray:
        pairs = _pairs(left, right)
        # Copies: a view would keep the chances of all states.
        parts = [
            self._meter.chances(overlap, pairs[at : at + PAIRS_AT_ONCE])[:, 0].copy()
            for at in range(0, len(pairs), PAIRS_AT_ONCE)
        ]
        zeros = np.concatenate(parts) if parts else np.empty(0)
        return np.stack([zeros, 1 - zeros], axis=1)


def _pairs(left: NDArray, right: NDArray | None) -> NDArray:
    return upper_pairs(left) if right is None else paired_rows(left, right)


def _meter(spec: LearningSpec) -> Meter:
    return AerMeter() if spec.device is None else open_meter(spec.device)
