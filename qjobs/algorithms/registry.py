"""Algorithms by the name that a spec and the chain give them."""

from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.progress import OnProgress, ShouldCancel
from qjobs.algorithms.qsvm.certificate import certify_qsvm
from qjobs.algorithms.qsvm.job import MODEL_FILE, PREPROCESSING_FILE, QASM_FILE, QPY_FILE, run_qsvm
from qjobs.algorithms.qsvm.predicting import predict_qsvm
from qjobs.algorithms.result import CARD_FILE, METRICS_FILE, AlgorithmResult, Finding
from qjobs.algorithms.table import Table, TableFile, read_table
from qjobs.spec import JobSpec, LearningSpec

SpecT = TypeVar("SpecT", bound=JobSpec)
DataT = TypeVar("DataT", bound=Sized)


@dataclass(frozen=True)
class Algorithm(Generic[SpecT, DataT]):
    """`circuit` is drawn before the vote. `load` reads the files of the datasets by token id and raises
    `DatasetRefused`; `run` makes the files; `certify` checks posted ones; `file_names` are all that a run may
    write. `predict` gives decisions (m,) of rows (m, d) from posted files; None where a model decides nothing.
    """

    circuit: Callable[[SpecT], QuantumCircuit]
    load: Callable[[SpecT, Mapping[int, TableFile]], DataT]
    run: Callable[[SpecT, DataT, OnProgress, ShouldCancel], AlgorithmResult]
    certify: Callable[[SpecT, DataT, Mapping[str, bytes], OnProgress], Iterator[Finding]]
    file_names: tuple[str, ...]
    predict: Callable[[SpecT, Mapping[str, bytes], NDArray], NDArray] | None = None


def _feature_map(spec: LearningSpec) -> QuantumCircuit:
    return feature_map_circuit(spec.qubits, spec.feature_map)


ALGORITHMS: Mapping[str, Algorithm[Any, Any]] = {
    "qsvm": Algorithm[LearningSpec, Table](
        circuit=_feature_map,
        load=read_table,
        run=run_qsvm,
        certify=certify_qsvm,
        file_names=(MODEL_FILE, PREPROCESSING_FILE, QASM_FILE, QPY_FILE, METRICS_FILE, CARD_FILE),
        predict=predict_qsvm,
    ),
}
