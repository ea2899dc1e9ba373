"""The trained circuits as a device would run them: how good one measurement is there on average."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.noise_evaluation.trial import Trial
from qjobs.algorithms.optimisation.problem import Choice, Outlook
from qjobs.algorithms.qaoa.answers import TIE
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qubo import Ising
from qjobs.spec import QuboSpec


def choice_trial(spec: QuboSpec, choice: Choice, angles: NDArray) -> Trial:
    """At (seeds, 2 layers) angles; its answers are the expected quality of each seed's circuit (1 for the
    best allowed choice, 0 for the worst and for one that is not allowed), its score their mean."""
    method = spec.algorithm
    qualities = Outlook.of(choice, method.penalty, TIE).qualities
    return Trial(
        circuits=(qaoa_circuit(Ising.of(choice.energy(method.penalty)), method.layers),),
        angles=angles,
        answers=lambda chances: chances[0] @ qualities,
        score=lambda answers: float(np.mean(answers)),
        score_name="expected quality",
        rows=0,
    )
