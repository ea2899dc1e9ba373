"""The trained machine as a device would answer: its kernel measured from some rows to its support vectors."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.noise_evaluation.trial import Trial, rows_that_fit
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.qsvm.model import QsvmModel
from qjobs.algorithms.table import Table
from qjobs.engines.overlap import overlap_circuit, paired_rows
from qjobs.spec import LearningSpec
from qjobs.spec.noise import NoiseEvaluation


def kernel_trial(
    spec: LearningSpec, evaluation: NoiseEvaluation, table: Table, reduction: Reduction, model: QsvmModel
) -> Trial:
    """One row written in and a support vector out, for each pair: all zeros is the kernel's entry."""
    vectors = model.support_vectors * model.bandwidth
    picked = rows_that_fit(evaluation, len(vectors), spec.qubits, len(table))
    angles = reduction.apply(table.features[picked]) * model.bandwidth
    positive = table.positive[picked]

    def decisions(chances: NDArray) -> NDArray:
        kernel = chances[0, :, 0].reshape(len(picked), len(vectors))
        return kernel @ model.dual_coef + model.intercept

    return Trial(
        circuits=(overlap_circuit(feature_map_circuit(spec.qubits, spec.feature_map)),),
        angles=paired_rows(angles, vectors),
        answers=decisions,
        score=lambda answers: int(np.sum((answers > 0) == positive)) / len(positive),
        score_name="accuracy",
        rows=len(picked),
    )
