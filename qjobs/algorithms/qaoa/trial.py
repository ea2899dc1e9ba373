"""The trained circuit as a device would run it: what one measurement cuts there on average."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.noise_evaluation.trial import Trial
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.maxcut import all_cuts, cut_ising


def cut_trial(graph: Graph, angles: NDArray) -> Trial:
    """At (2 layers,) angles; its answer and its score are the expected cut."""
    weights = all_cuts(graph)
    return Trial(
        circuits=(qaoa_circuit(cut_ising(graph), len(angles) // 2),),
        angles=angles[None, :],
        answers=lambda chances: chances[0] @ weights,
        score=lambda answers: float(np.mean(answers)),
        score_name="expected cut",
        rows=0,
    )
