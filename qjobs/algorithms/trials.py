"""Trials of published models: what a device is asked, from a result's posted files and its rows."""

from collections.abc import Callable, Mapping
from typing import Any

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.machines.model import read_model_of as read_machine
from qjobs.algorithms.machines.rows import MachineTable
from qjobs.algorithms.machines.trial import machine_trial
from qjobs.algorithms.noise_evaluation.trial import Trial
from qjobs.algorithms.optimisation.data import ProblemData
from qjobs.algorithms.optimisation.model import read_model as read_choice
from qjobs.algorithms.optimisation.problems import choice_of
from qjobs.algorithms.optimisation.trial import choice_trial
from qjobs.algorithms.preprocessing import in_posted_form
from qjobs.algorithms.qaoa.model import read_model as read_cut
from qjobs.algorithms.qaoa.trial import cut_trial
from qjobs.algorithms.qnn.model import read_model_of as read_network
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.training import Plan
from qjobs.algorithms.qnn.trial import circuit_trial
from qjobs.algorithms.qpca.model import read_files as read_components
from qjobs.algorithms.qpca.rows import Features
from qjobs.algorithms.qpca.trial import coordinates_trial
from qjobs.algorithms.qsvm.model import read_reduction
from qjobs.algorithms.qsvm.predicting import read_files
from qjobs.algorithms.qsvm.trial import kernel_trial
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.algorithms.table import Table
from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian
from qjobs.algorithms.vqe.model import read_model as read_states
from qjobs.algorithms.vqe.trial import energy_trial
from qjobs.spec import (
    EnergySpec,
    GraphSpec,
    JobSpec,
    LearningSpec,
    MachineSpec,
    QnnSpec,
    QuboSpec,
    ReductionSpec,
)
from qjobs.spec.noise import NoiseEvaluation

Files = Mapping[str, bytes]


def posted_trial(spec: JobSpec, asked: NoiseEvaluation, data: Any, files: Files) -> Trial:
    """The trial of a posted model on rows of its training data; of `asked` only shots and rows are read.

    Raises `ModelRefused` where the files are of no model of this spec.
    """
    return TRIALS[type(spec)](spec, asked, data, files)


def _machine_of_two(spec: LearningSpec, asked: NoiseEvaluation, table: Table, files: Files) -> Trial:
    model, reduction = read_files(spec, files, features=table.features.shape[1])
    return kernel_trial(spec, asked, table, reduction, model)


def _machine(spec: MachineSpec, asked: NoiseEvaluation, table: MachineTable, files: Files) -> Trial:
    features = table.rows.features.shape[1]
    reduction = read_reduction(files[PREPROCESSING_FILE], qubits=spec.qubits, features=features)
    return machine_trial(spec, asked, table.rows, reduction, read_machine(spec, files[MODEL_FILE]))


def _components(spec: ReductionSpec, asked: NoiseEvaluation, features: Features, files: Files) -> Trial:
    model, reduction = read_components(spec, files, features=features.values.shape[1])
    return coordinates_trial(spec, asked, features, reduction, model)


def _network(spec: QnnSpec, asked: NoiseEvaluation, sample: Sample, files: Files) -> Trial:
    spec = in_posted_form(spec, files)
    states = read_network(spec, files[MODEL_FILE]).trails[-1]
    return circuit_trial(spec, asked, sample, Plan.of(spec, sample).final, states)


def _lowest_state(spec: EnergySpec, asked: NoiseEvaluation, hamiltonian: Hamiltonian, files: Files) -> Trial:
    parameters = trial_circuit(spec).num_parameters
    model = read_states(files[MODEL_FILE], states=spec.algorithm.states, parameters=parameters)
    return energy_trial(spec, hamiltonian, model.angles[0])


def _cut(spec: GraphSpec, asked: NoiseEvaluation, graph: Graph, files: Files) -> Trial:
    model = read_cut(files[MODEL_FILE], layers=spec.algorithm.layers, nodes=spec.qubits)
    return cut_trial(graph, model.angles)


def _choice(spec: QuboSpec, asked: NoiseEvaluation, data: ProblemData, files: Files) -> Trial:
    method = spec.algorithm
    model = read_choice(files[MODEL_FILE], seeds=method.seeds, layers=method.layers, qubits=spec.qubits)
    return choice_trial(spec, choice_of(spec, data), model.angles)


TRIALS: Mapping[type[JobSpec], Callable[[Any, NoiseEvaluation, Any, Files], Trial]] = {
    LearningSpec: _machine_of_two,
    MachineSpec: _machine,
    ReductionSpec: _components,
    QnnSpec: _network,
    EnergySpec: _lowest_state,
    GraphSpec: _cut,
    QuboSpec: _choice,
}
