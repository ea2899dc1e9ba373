"""The trained machine as a device would answer: its kernel measured from some rows to its support vectors."""

import numpy as np

from qjobs.algorithms.noise_evaluation.kernels import overlap_trial
from qjobs.algorithms.noise_evaluation.trial import Trial, rows_that_fit
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.qsvm.model import QsvmModel
from qjobs.algorithms.table import Table
from qjobs.spec import LearningSpec
from qjobs.spec.noise import NoiseEvaluation


def kernel_trial(
    spec: LearningSpec, evaluation: NoiseEvaluation, table: Table, reduction: Reduction, model: QsvmModel
) -> Trial:
    """On some of the training rows, scored by how many are on the right side."""
    vectors = model.support_vectors * model.bandwidth
    picked = rows_that_fit(evaluation, len(vectors), spec.qubits, len(table))
    positive = table.positive[picked]
    return overlap_trial(
        spec.feature_map,
        reduction.apply(table.features[picked]) * model.bandwidth,
        vectors,
        answers=lambda kernel: kernel @ model.dual_coef + model.intercept,
        score=lambda answers: int(np.sum((answers > 0) == positive)) / len(positive),
        score_name="accuracy",
    )
