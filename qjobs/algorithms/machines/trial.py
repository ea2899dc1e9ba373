"""A trained machine as a device would answer: its kernel measured from some rows to those that it keeps."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.machines.fitting import answers_of, class_count
from qjobs.algorithms.machines.ground import Solution
from qjobs.algorithms.machines.model import MachineModel
from qjobs.algorithms.machines.rows import Rows
from qjobs.algorithms.machines.scores import SCORES, split_score
from qjobs.algorithms.noise_evaluation.kernels import overlap_trial_by_vector
from qjobs.algorithms.noise_evaluation.trial import Trial, TrialTooLarge, rows_that_fit
from qjobs.algorithms.preprocessing import Reduction
from qjobs.spec import MachineSpec
from qjobs.spec.machines import LEAST_EVALUATED_ROWS
from qjobs.spec.noise import NoiseEvaluation

SCORE_NAMES = {"accuracy": "accuracy", "r2": "R2", "auc": "area under the curve"}


def machine_trial(
    spec: MachineSpec, evaluation: NoiseEvaluation, rows: Rows, reduction: Reduction, model: MachineModel
) -> Trial:
    """On some of the training rows. Of classes the answers are the outputs of all single machines, (n,
    outputs), since what is said of a row is not linear in them. Of a model without rows, a constant, one row
    that has no weight is measured."""
    width, key, is_class = model.setting[2], SCORES[spec.algorithm.task], class_count(spec) > 0
    vectors, weights, places = model.basis * width, model.weights, model.rows
    if not len(vectors):
        vectors, weights = np.zeros((1, spec.qubits)), np.zeros((len(weights), 1))
        places = np.zeros(1, dtype=np.int64)
    picked = picked_rows(spec, evaluation, rows, len(vectors))
    machines, scale = (
        Solution(weights, model.intercepts),
        (float(model.scale[0]), float(model.scale[1])),
    )

    def said(outputs: NDArray) -> NDArray:
        return answers_of(spec, outputs, scale, model.sigmoids)

    def score(answers: NDArray) -> float:
        told = said(answers) if is_class else answers
        return float(split_score(spec, rows.target[picked], told, has_chances=False)[key])

    return overlap_trial_by_vector(
        spec.feature_map,
        reduction.apply(rows.features[picked]) * width,
        vectors,
        tuple(places.tolist()),
        answers=machines.outputs if is_class else lambda kernel: said(machines.outputs(kernel)),
        score=score,
        score_name=SCORE_NAMES[key],
    )


def picked_rows(spec: MachineSpec, evaluation: NoiseEvaluation, rows: Rows, vectors: int) -> NDArray:
    """Places of so many rows as are asked for and as a result may hold, evenly picked; for a detector, which
    is scored by pairs, half of them from the unusual. Raises `TrialTooLarge`."""
    task = spec.algorithm.task
    picked = rows_that_fit(evaluation, vectors, spec.qubits, len(rows))
    if len(picked) < LEAST_EVALUATED_ROWS[task]:
        raise TrialTooLarge(
            f"only {len(picked)} row fits beside {vectors} rows of the model on {spec.qubits} qubits; to "
            f"{task}, {LEAST_EVALUATED_ROWS[task]} are needed for a score"
        )
    if task != "detect":
        return picked
    unusual, usual = (np.flatnonzero(rows.target == mark) for mark in (1, 0))
    few = min(len(picked) // 2, len(unusual))
    rest = min(len(picked) - few, len(usual))
    return np.concatenate([_evenly(unusual, few), _evenly(usual, rest)])


def _evenly(places: NDArray, count: int) -> NDArray:
    return places[np.arange(count) * len(places) // count]
