"""Trials of published models: what a device is asked, from a result's posted files and its rows."""

from collections.abc import Callable, Mapping
from typing import Any

from common.errors import InvalidInput
from qjobs.algorithms.machines.model import read_model_of as read_machine
from qjobs.algorithms.machines.rows import MachineTable
from qjobs.algorithms.machines.trial import machine_trial
from qjobs.algorithms.noise_evaluation.trial import Trial
from qjobs.algorithms.preprocessing import in_posted_form
from qjobs.algorithms.qnn.model import read_model_of as read_network
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.training import Plan
from qjobs.algorithms.qnn.trial import circuit_trial
from qjobs.algorithms.qsvm.model import read_reduction
from qjobs.algorithms.qsvm.predicting import read_files
from qjobs.algorithms.qsvm.trial import kernel_trial
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.algorithms.table import Table
from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian
from qjobs.algorithms.vqe.model import read_model as read_states
from qjobs.algorithms.vqe.trial import energy_trial
from qjobs.spec import EnergySpec, JobSpec, LearningSpec, MachineSpec, QnnSpec
from qjobs.spec.noise import NoiseEvaluation

Files = Mapping[str, bytes]


class NoTrial(InvalidInput):
    """Models of this kind cannot be tried on a device."""

    code = "no_trial"


def posted_trial(spec: JobSpec, asked: NoiseEvaluation, data: Any, files: Files) -> Trial:
    """The trial of a posted model on rows of its training data; of `asked` only shots and rows are read.

    Raises `NoTrial`, or `ModelRefused` where the files are of no model of this spec.
    """
    make = TRIALS.get(type(spec))
    if make is None:
        raise NoTrial(f"a model of {spec.algorithm.name} cannot be tried on a device")
    return make(spec, asked, data, files)


def _machine_of_two(spec: LearningSpec, asked: NoiseEvaluation, table: Table, files: Files) -> Trial:
    model, reduction = read_files(spec, files, features=table.features.shape[1])
    return kernel_trial(spec, asked, table, reduction, model)


def _machine(spec: MachineSpec, asked: NoiseEvaluation, table: MachineTable, files: Files) -> Trial:
    features = table.rows.features.shape[1]
    reduction = read_reduction(files[PREPROCESSING_FILE], qubits=spec.qubits, features=features)
    return machine_trial(spec, asked, table.rows, reduction, read_machine(spec, files[MODEL_FILE]))


def _network(spec: QnnSpec, asked: NoiseEvaluation, sample: Sample, files: Files) -> Trial:
    spec = in_posted_form(spec, files)
    states = read_network(spec, files[MODEL_FILE]).trails[-1]
    return circuit_trial(spec, asked, sample, Plan.of(spec, sample).final, states)


def _lowest_state(spec: EnergySpec, asked: NoiseEvaluation, hamiltonian: Hamiltonian, files: Files) -> Trial:
    parameters = trial_circuit(spec).num_parameters
    model = read_states(files[MODEL_FILE], states=spec.algorithm.states, parameters=parameters)
    return energy_trial(spec, hamiltonian, model.angles[0])


TRIALS: Mapping[type[JobSpec], Callable[[Any, NoiseEvaluation, Any, Files], Trial]] = {
    LearningSpec: _machine_of_two,
    MachineSpec: _machine,
    QnnSpec: _network,
    EnergySpec: _lowest_state,
}
