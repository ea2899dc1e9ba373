"""Data -> circuit -> kernel -> training -> metrics, rebuilt and held against the posted files."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.progress import ignore_progress
from qjobs.algorithms.registry import ALGORITHMS, Algorithm
from qjobs.algorithms.rows import TableBytes, TableFile
from qjobs.runner.circuits import QpyUnreadable, QpyVersionDiffers, qpy_as_qasm
from qjobs.spec import JobSpec
from qjobs.verification.material import Bytes, Material
from qjobs.verification.private import Auditor, CannotOpen
from qjobs.verification.report import Checks

QPY_FILE = "circuit.qpy"
QASM_FILE = "circuit.qasm"


def check_rebuilt(
    spec: JobSpec, files: Mapping[str, Bytes], material: Material, checks: Checks, auditor: Auditor
) -> None:
    """Adds every finding of the algorithm's certificate, or that the rows cannot be had."""
    algorithm = ALGORITHMS[spec.algorithm.name]
    data = _data(spec, algorithm, material, checks, auditor)
    if QPY_FILE in files and QASM_FILE in files:
        with tempfile.TemporaryDirectory(prefix="qommons-verify-") as name:
            _check_qpy(files[QPY_FILE].under_test, files[QASM_FILE], Path(name), checks)
    if data is None or not files:
        return
    judged = {file_name: got.under_test for file_name, got in files.items()}
    with threadpool_limits(limits=1):
        for finding in algorithm.certify(spec, data, judged, ignore_progress):
            checks.finding(finding)


def _data(
    spec: JobSpec, algorithm: Algorithm[Any, Any], material: Material, checks: Checks, auditor: Auditor
) -> Any | None:
    tables: dict[int, TableFile] = {}
    for dataset in spec.datasets:
        got = material.file(f"dataset:{dataset.token_id}", dataset.content_cid)
        if got is None or got.true is None:
            continue
        try:
            tables[dataset.token_id] = TableBytes(auditor.rows(dataset.token_id, got.true))
        except CannotOpen as error:
            checks.missing(f"dataset:{dataset.token_id} rows", str(error))
    if len(tables) < len(spec.datasets):
        checks.missing("training", "without the rows of every dataset nothing can be rebuilt")
        return None
    try:
        return algorithm.load(spec, tables)
    except DatasetRefused as error:
        checks.wrong("training", "rows that can be trained on", "refused", error.message)
        return None


def _check_qpy(block: bytes, qasm: Bytes, folder: Path, checks: Checks) -> None:
    """Both files must hold one circuit; the OpenQASM text is the one that is held against the spec."""
    workdir = folder / "qpy"
    workdir.mkdir()
    try:
        found = qpy_as_qasm(block, workdir)
    except QpyVersionDiffers as error:
        checks.missing(f"{QPY_FILE} circuit", error.message)
    except QpyUnreadable as error:
        checks.wrong(f"{QPY_FILE} circuit", f"the circuit of {QASM_FILE}", "unreadable", error.message)
    else:
        same = f"the circuit of {QASM_FILE}"
        true = qasm.true if qasm.true is not None else qasm.under_test
        checks.equal(f"{QPY_FILE} circuit", same, same if found == true else "another circuit")
