"""What a trained model is tried by: circuits, rows of their parameters, and what their outcomes mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from common.errors import TooLarge
from qjobs.algorithms.noise_evaluation.readout import folded
from qjobs.engines.measuring import AerMeter, Meter, Seeds, open_meter
from qjobs.spec.costs.measuring import MAX_COUNTS
from qjobs.spec.noise import NoiseEvaluation


class TrialTooLarge(TooLarge):
    """More outcomes would have to be posted than a result may hold."""

    code = "trial_too_large"


@dataclass(frozen=True)
class Trial:
    """`circuits`: each runs on every row of (n, parameters).

    `answers`: from chances (circuits, n, 2**qubits) to the model's answers, (m,), linear in them; `score`:
    how good they are, `score_name` what that is called; `rows`: of the data, 0 where there are none.
    `streams`: a number for each of as many equal parts of the angles' rows, by which it is drawn apart from
    the others: where who posts a model decides which parts there are.
    """

    circuits: tuple[QuantumCircuit, ...]
    angles: NDArray
    answers: Callable[[NDArray], NDArray]
    score: Callable[[NDArray], float]
    score_name: str
    rows: int
    streams: Seeds = ()

    @property
    def qubits(self) -> int:
        count: int = self.circuits[0].num_qubits
        return count

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.circuits), len(self.angles), 2**self.qubits


@dataclass(frozen=True)
class Setting:
    """One way to measure a trial: on a device, the circuits as they are or folded, or its readout alone."""

    name: str
    meter: Meter
    circuits: Sequence[QuantumCircuit]
    angles: NDArray
    is_readout: bool = False
    streams: Seeds = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Of the counts: a row a circuit that ran."""
        runs = 2 if self.is_readout else len(self.angles)
        return len(self.circuits) * runs, 2 ** self.circuits[0].num_qubits

    def counts(self, shots: int, seed: Seeds) -> NDArray:
        drawn = [
            self.meter.readout_counts(circuit, shots, (*seed, number))
            if self.is_readout
            else self.meter.counts(circuit, self.angles, shots, (*seed, number), self.streams)
            for number, circuit in enumerate(self.circuits)
        ]
        return np.concatenate(drawn)

    def chances(self) -> NDArray:
        exact = [
            self.meter.readout_chances(circuit)
            if self.is_readout
            else self.meter.chances(circuit, self.angles)
            for circuit in self.circuits
        ]
        return np.concatenate(exact)


IDEAL, DEVICE, FOLDED = "shots", "device", "folded"
READOUT = "readout"


def settings(evaluation: NoiseEvaluation, trial: Trial) -> tuple[Setting, ...]:
    """In the order in which they are measured. Raises `TrialTooLarge`."""
    require_room(trial)
    ideal, device = AerMeter(), open_meter(evaluation.device)
    thrice = tuple(folded(circuit) for circuit in trial.circuits)
    return (
        Setting(IDEAL, ideal, trial.circuits, trial.angles, streams=trial.streams),
        Setting(DEVICE, device, trial.circuits, trial.angles, streams=trial.streams),
        Setting(f"{DEVICE}_{READOUT}", device, trial.circuits, trial.angles, is_readout=True),
        Setting(FOLDED, device, thrice, trial.angles, streams=trial.streams),
        Setting(f"{FOLDED}_{READOUT}", device, thrice, trial.angles, is_readout=True),
    )


def require_room(trial: Trial) -> None:
    """Raises `TrialTooLarge`."""
    size = int(np.prod(trial.shape))
    if size > MAX_COUNTS:
        raise TrialTooLarge(
            f"{trial.shape[0] * trial.shape[1]} circuits of {trial.qubits} qubits have {size} outcomes; the "
            f"limit is {MAX_COUNTS}"
        )


def rows_that_fit(evaluation: NoiseEvaluation, circuits_a_row: int, qubits: int, rows: int) -> NDArray:
    """So many rows, evenly picked, as are asked for and as a result may hold; one at least."""
    room = MAX_COUNTS // (circuits_a_row * 2**qubits)
    count = max(1, min(evaluation.rows, rows, room))
    return np.arange(count) * rows // count


def exact_chances(trial: Trial) -> NDArray:
    """Without noise and with infinitely many shots, in the trial's shape."""
    meter = AerMeter()
    exact: Any = [meter.chances(circuit, trial.angles) for circuit in trial.circuits]
    return np.array(exact)
