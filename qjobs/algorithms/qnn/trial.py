"""The trained circuit as a device would answer on some of the rows that it was trained on."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.noise_evaluation.trial import Trial, rows_that_fit
from qjobs.algorithms.qnn.circuit import qnn_circuit
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.scores import split_score
from qjobs.algorithms.qnn.trail import Training
from qjobs.engines.observables import PauliSum
from qjobs.spec import QnnSpec
from qjobs.spec.noise import NoiseEvaluation


def circuit_trial(
    spec: QnnSpec, evaluation: NoiseEvaluation, sample: Sample, final: Training, states: NDArray
) -> Trial:
    """At the weights that the last training kept; the device's part in the answer, not new rows'."""
    weights = states[final.kept(states), : final.weights]
    picked = rows_that_fit(evaluation, 1, spec.qubits, len(sample))
    circuit, is_class = final.objective.circuit, final.objective.is_class
    values = z_values(circuit.observable)

    def score(answers: NDArray) -> float:
        return float(split_score(sample.target[picked], answers, is_class=is_class)["score"])

    return Trial(
        circuits=(qnn_circuit(spec),),
        angles=circuit.rows(weights, final.reduction.apply(sample.features[picked])),
        answers=lambda chances: final.answers_of(weights, chances[0] @ values),
        score=score,
        score_name="accuracy" if is_class else "R2",
        rows=len(picked),
    )


def z_values(observable: PauliSum) -> NDArray:
    """What a sum of Z strings gives in each basis state, (2**qubits,)."""
    outcomes = np.arange(2**observable.qubits)
    terms = observable.groups[0]
    signs = [weight * (1 - 2.0 * (np.bitwise_count(outcomes & mask) & 1)) for mask, weight in terms]
    total: NDArray = np.sum(signs, axis=0)
    return total
