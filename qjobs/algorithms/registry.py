"""Algorithms by the name that a spec and the chain give them."""

from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.algorithms.checkpoints import keep_starts
from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.graph import Graph, read_graph
from qjobs.algorithms.machines.certificate import certify_machine
from qjobs.algorithms.machines.job import run_machine
from qjobs.algorithms.machines.predicting import predict_machine
from qjobs.algorithms.machines.rows import MachineTable, read_machine_table
from qjobs.algorithms.machines.training import ask_kernels as ask_machine_kernels
from qjobs.algorithms.optimisation.certificate import certify_choice
from qjobs.algorithms.optimisation.data import ProblemData, read_problem_data
from qjobs.algorithms.optimisation.job import run_choice
from qjobs.algorithms.optimisation.problems import example_choice_circuit
from qjobs.algorithms.optimisation.starts import train_starts as train_choice_starts
from qjobs.algorithms.progress import OnProgress, ShouldCancel
from qjobs.algorithms.qaoa.certificate import certify_qaoa
from qjobs.algorithms.qaoa.circuit import example_circuit
from qjobs.algorithms.qaoa.job import run_qaoa
from qjobs.algorithms.qaoa.starts import train_starts as train_cut_starts
from qjobs.algorithms.qnn.certificate import certify_qnn
from qjobs.algorithms.qnn.circuit import qnn_circuit
from qjobs.algorithms.qnn.job import run_qnn
from qjobs.algorithms.qnn.parent import ParentFiles, with_parent
from qjobs.algorithms.qnn.parts import keep_trails, train_parts
from qjobs.algorithms.qnn.predicting import predict_qnn
from qjobs.algorithms.qnn.sample import Sample, read_sample
from qjobs.algorithms.qpca.certificate import certify_qpca
from qjobs.algorithms.qpca.job import run_qpca
from qjobs.algorithms.qpca.model import project_qpca
from qjobs.algorithms.qpca.rows import Features, read_features
from qjobs.algorithms.qpca.training import ask_kernels as ask_qpca_kernels
from qjobs.algorithms.qsvm.certificate import certify_qsvm
from qjobs.algorithms.qsvm.job import run_qsvm
from qjobs.algorithms.qsvm.predicting import predict_qsvm
from qjobs.algorithms.qsvm.training import ask_kernels as ask_qsvm_kernels
from qjobs.algorithms.result import (
    AlgorithmResult,
    Finding,
)
from qjobs.algorithms.rows import TableFile
from qjobs.algorithms.table import Table, read_table
from qjobs.algorithms.tiling.kernels import TiledKernels
from qjobs.algorithms.tiling.splitting import Tiled
from qjobs.algorithms.tiling.trainings import TiledTrainings
from qjobs.algorithms.vqe.certificate import certify_vqe
from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.hamiltonian import Hamiltonian, read_hamiltonian
from qjobs.algorithms.vqe.job import run_vqe
from qjobs.algorithms.vqe.training import lowest_starts
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
from qjobs.spec.costs.qaoa import start_seconds as qaoa_start_seconds
from qjobs.spec.costs.qnn import training_seconds
from qjobs.spec.costs.qubo import start_seconds as qubo_start_seconds
from qjobs.spec.costs.vqe import start_seconds as vqe_start_seconds

SpecT = TypeVar("SpecT", bound=JobSpec)
DataT = TypeVar("DataT", bound=Sized)


@dataclass(frozen=True)
class Algorithm(Generic[SpecT, DataT]):
    """`circuit` is drawn before the vote. `load` reads the files of the datasets by token id and raises
    `DatasetRefused`; `run` makes the files; `certify` checks posted ones.
    `predict` gives decisions (m,), scores or coordinates (m, k) on rows (m, d) from posted files; None where
    it gives none.
    `resume` is `run` with a file that it goes on from and writes to as it trains; None where it starts anew.
    `tiled`: how its kernels, or its trainings, are computed beforehand in parts; None where it is one piece.
    `inherit` gives the data with what a posted model begins the training with; None where it takes no parent.
    """

    circuit: Callable[[SpecT], QuantumCircuit]
    load: Callable[[SpecT, Mapping[int, TableFile]], DataT]
    run: Callable[[SpecT, DataT, OnProgress, ShouldCancel], AlgorithmResult]
    certify: Callable[[SpecT, DataT, Mapping[str, bytes], OnProgress], Iterator[Finding]]
    predict: Callable[[SpecT, Mapping[str, bytes], NDArray], NDArray] | None = None
    resume: Callable[[SpecT, DataT, OnProgress, ShouldCancel, Path], AlgorithmResult] | None = None
    tiled: "Tiled[SpecT, DataT] | None" = None
    inherit: Callable[[SpecT, DataT, ParentFiles], DataT] | None = None

    def read(self, spec: SpecT, inputs: Mapping[int, TableFile], parent: ParentFiles | None) -> DataT:
        """All that a run reads: the rows, and what of a parent model's files it begins with."""
        data = self.load(spec, inputs)
        if parent is None:
            return data
        if self.inherit is None:
            raise ModelRefused(f"{spec.algorithm.name} starts from no other model")
        return self.inherit(spec, data, parent)


def _feature_map(spec: LearningSpec | MachineSpec | ReductionSpec) -> QuantumCircuit:
    return feature_map_circuit(spec.qubits, spec.feature_map)


ALGORITHMS: Mapping[str, Algorithm[Any, Any]] = {
    "qsvm": Algorithm[LearningSpec, Table](
        circuit=_feature_map,
        load=read_table,
        run=run_qsvm,
        certify=certify_qsvm,
        predict=predict_qsvm,
        resume=run_qsvm,
        tiled=TiledKernels(ask_qsvm_kernels, run_qsvm),
    ),
    "qaoa": Algorithm[GraphSpec, Graph](
        circuit=example_circuit,
        load=read_graph,
        run=run_qaoa,
        certify=certify_qaoa,
        resume=run_qaoa,
        tiled=TiledTrainings(qaoa_start_seconds, train_cut_starts, keep_starts, run_qaoa),
    ),
    "vqe": Algorithm[EnergySpec, Hamiltonian](
        circuit=trial_circuit,
        load=read_hamiltonian,
        run=run_vqe,
        certify=certify_vqe,
        resume=run_vqe,
        tiled=TiledTrainings(vqe_start_seconds, lowest_starts, keep_starts, run_vqe),
    ),
    "qpca": Algorithm[ReductionSpec, Features](
        circuit=_feature_map,
        load=read_features,
        run=run_qpca,
        certify=certify_qpca,
        predict=project_qpca,
        resume=run_qpca,
        tiled=TiledKernels(ask_qpca_kernels, run_qpca),
    ),
    "qnn": Algorithm[QnnSpec, Sample](
        circuit=qnn_circuit,
        load=read_sample,
        run=run_qnn,
        certify=certify_qnn,
        predict=predict_qnn,
        resume=run_qnn,
        tiled=TiledTrainings(training_seconds, train_parts, keep_trails, run_qnn),
        inherit=with_parent,
    ),
}

MACHINES = Algorithm[MachineSpec, MachineTable](
    circuit=_feature_map,
    load=read_machine_table,
    run=run_machine,
    certify=certify_machine,
    predict=predict_machine,
    resume=run_machine,
    tiled=TiledKernels(ask_machine_kernels, run_machine),
)


CHOICES = Algorithm[QuboSpec, ProblemData](
    circuit=example_choice_circuit,
    load=read_problem_data,
    run=run_choice,
    certify=certify_choice,
    resume=run_choice,
    tiled=TiledTrainings(qubo_start_seconds, train_choice_starts, keep_starts, run_choice),
)


def algorithm_of(spec: JobSpec) -> Algorithm[Any, Any]:
    """What computes this spec: qsvm with a task and qaoa with a problem of its own have their functions."""
    if isinstance(spec, MachineSpec):
        return MACHINES
    return CHOICES if isinstance(spec, QuboSpec) else ALGORITHMS[spec.algorithm.name]
