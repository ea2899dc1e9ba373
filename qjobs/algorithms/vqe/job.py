"""The whole job as one pure function: spec and Hamiltonian in, files and metrics out."""

from pathlib import Path
from typing import Any

from qjobs.algorithms.checkpoints import Checkpoints
from qjobs.algorithms.noise_evaluation.evaluation import evaluate
from qjobs.algorithms.packing import packed
from qjobs.algorithms.progress import OnProgress, ShouldCancel, Watch, ignore_progress, never_cancel
from qjobs.algorithms.result import AlgorithmResult
from qjobs.algorithms.vqe.card import model_card
from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian
from qjobs.algorithms.vqe.metrics import metrics_of
from qjobs.algorithms.vqe.model import VqeModel, model_bytes
from qjobs.algorithms.vqe.training import Landscape, trained_angles
from qjobs.algorithms.vqe.trial import energy_trial
from qjobs.spec import EnergySpec, spec_digest


def run_vqe(
    spec: EnergySpec,
    hamiltonian: Hamiltonian,
    on_progress: OnProgress = ignore_progress,
    should_cancel: ShouldCancel = never_cancel,
    checkpoint: Path | None = None,
) -> AlgorithmResult:
    """Trains, measures and packs. Raises `TrainingCancelled` soon after `should_cancel` says so.

    `checkpoint`: a file to go on from and to write after every start; None keeps nothing.
    """
    method = spec.algorithm
    watch = Watch(method.states * method.restarts + 1, on_progress, should_cancel)
    landscape = Landscape.of(spec, hamiltonian)
    angles = trained_angles(spec, landscape, watch, Checkpoints(checkpoint, spec_digest(spec)))
    evaluation = evaluate(spec, lambda _: energy_trial(spec, hamiltonian, angles[0]), watch)
    metrics = {**metrics_of(spec, hamiltonian, landscape, angles), **evaluation.metrics}
    watch.step("answers", "held against exact and mean-field energies", metrics["answers"]["vqe"])
    return packed(
        model=model_bytes(VqeModel(angles, landscape.energies(angles))),
        preprocessing=shown_terms(spec, hamiltonian),
        circuit=trial_circuit(spec),
        metrics=metrics,
        card=model_card(spec, metrics),
        measurements=evaluation.files,
    )


def shown_terms(spec: EnergySpec, hamiltonian: Hamiltonian) -> dict[str, Any]:
    """The Hamiltonian as JSON values; of one from a dataset, whose strings are rows, only where it is."""
    source = spec.hamiltonian.model_dump(mode="json")
    return {"hamiltonian": source, "terms": None if hamiltonian.rows else dict(hamiltonian.terms)}
