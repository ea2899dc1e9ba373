"""Algorithms by the name that a spec and the chain give them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from qjobs.algorithms.progress import OnProgress, ShouldCancel
from qjobs.algorithms.qsvm.certificate import certify_qsvm
from qjobs.algorithms.qsvm.job import MODEL_FILE, PREPROCESSING_FILE, QASM_FILE, QPY_FILE, run_qsvm
from qjobs.algorithms.result import CARD_FILE, METRICS_FILE, AlgorithmResult, Finding
from qjobs.algorithms.table import Table
from qjobs.spec import JobSpec


@dataclass(frozen=True)
class Algorithm:
    """`run` makes the files; `certify` checks posted ones; `file_names` are all that a run may write."""

    run: Callable[[JobSpec, Table, OnProgress, ShouldCancel], AlgorithmResult]
    certify: Callable[[JobSpec, Table, Mapping[str, bytes], OnProgress], Iterator[Finding]]
    file_names: tuple[str, ...]


ALGORITHMS: Mapping[str, Algorithm] = {
    "qsvm": Algorithm(
        run=run_qsvm,
        certify=certify_qsvm,
        file_names=(MODEL_FILE, PREPROCESSING_FILE, QASM_FILE, QPY_FILE, METRICS_FILE, CARD_FILE),
    ),
}
