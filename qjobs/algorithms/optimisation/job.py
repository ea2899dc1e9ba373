"""The whole job as one pure function: spec and data in, files and metrics out."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.checkpoints import Checkpoints
from qjobs.algorithms.noise_evaluation import evaluation as noise
from qjobs.algorithms.optimisation.answers import seeds_of
from qjobs.algorithms.optimisation.card import model_card
from qjobs.algorithms.optimisation.data import ProblemData
from qjobs.algorithms.optimisation.metrics import evaluate
from qjobs.algorithms.optimisation.model import choice_model, model_bytes
from qjobs.algorithms.optimisation.problem import Choice
from qjobs.algorithms.optimisation.problems import choice_of, shown_problem
from qjobs.algorithms.optimisation.trial import choice_trial
from qjobs.algorithms.packing import packed
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.training import Landscape, trained_angles
from qjobs.algorithms.qubo import Ising
from qjobs.algorithms.result import AlgorithmResult
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import QuboSpec, spec_digest


def run_choice(
    spec: QuboSpec,
    data: ProblemData,
    on_progress: OnProgress = ignore_progress,
    should_cancel: ShouldCancel = never_cancel,
    checkpoint: Path | None = None,
) -> AlgorithmResult:
    """Trains, measures and packs. Raises `TrainingCancelled` soon after `should_cancel` says so.

    `checkpoint`: a file to go on from and to write after every start; None keeps nothing.
    """
    method, choice = spec.algorithm, choice_of(spec, data)
    watch = Watch(method.seeds * method.restarts + 1, on_progress, should_cancel)
    landscape = landscape_of(spec, choice)
    angles = angles_of_seeds(spec, landscape, watch, Checkpoints(checkpoint, spec_digest(spec)))
    evaluation = evaluate(spec, choice, len(data), landscape, angles)
    measured = noise.evaluate(spec, lambda _: choice_trial(spec, choice, angles), watch)
    metrics = {**evaluation.metrics, **measured.metrics}
    watch.step("answers", "measured, and held against classical answers")
    return packed(
        model=model_bytes(choice_model(angles, evaluation.bits)),
        preprocessing=shown_problem(spec, data, choice),
        circuit=qaoa_circuit(landscape.ising, method.layers),
        metrics=metrics,
        card=model_card(spec, metrics),
        measurements=measured.files,
    )


def landscape_of(spec: QuboSpec, choice: Choice) -> Landscape:
    """What is trained on: the energy with the penalty, its sign turned."""
    ising = Ising.of(choice.energy(spec.algorithm.penalty))
    return Landscape.of(ising, spec.algorithm.layers, StatevectorEngine(spec.limits.memory_bytes))


def angles_of_seeds(spec: QuboSpec, landscape: Landscape, watch: Watch, kept: Checkpoints) -> NDArray:
    """(seeds, 2 layers) radians."""
    return np.array(
        [
            trained_angles(
                spec.algorithm, landscape, watch, seed=seed, kept=kept, stage=number, label=f": seed {seed}"
            )
            for number, seed in enumerate(seeds_of(spec))
        ]
    )
