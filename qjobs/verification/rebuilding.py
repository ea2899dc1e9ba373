"""Data -> circuit -> kernel -> training -> metrics, rebuilt and held against the posted files."""

from collections.abc import Callable, Mapping
from typing import Any

from qjobs.algorithms.errors import DatasetRefused, ModelRefused
from qjobs.algorithms.preprocessing import leaves_form_open
from qjobs.algorithms.progress import ignore_progress
from qjobs.algorithms.registry import Algorithm, algorithm_of
from qjobs.algorithms.result import CARD_FILE, METRICS_FILE, PREPROCESSING_FILE
from qjobs.algorithms.rows import TableBytes, TableFile
from qjobs.engines.environment import differences
from qjobs.runner.circuits import QpyUnreadable, QpyVersionDiffers
from qjobs.spec import JobSpec, ParentRefused
from qjobs.verification.material import Bytes, Material
from qjobs.verification.parent import ParentMissing, parent_of
from qjobs.verification.private import Auditor, CannotOpen
from qjobs.verification.report import Checks

QpyReader = Callable[[bytes], bytes]
"""The circuit of a QPY file as OpenQASM; raises QpyUnreadable."""

QPY_FILE = "circuit.qpy"
QASM_FILE = "circuit.qasm"
OTHER_VERSIONS = (
    "the run record names {others}: versions may draw other counts from a seed, so only those can tell"
)


def check_rebuilt(
    spec: JobSpec,
    files: Mapping[str, Bytes],
    material: Material,
    checks: Checks,
    auditor: Auditor,
    *,
    environment: Mapping[str, str],
    read_qpy: QpyReader,
) -> bool:
    """Adds every finding of the algorithm's certificate; False and a check of its own without the rows.

    `environment`: what the run record says that was run with.
    """
    algorithm = algorithm_of(spec)
    data = _data(spec, algorithm, material, checks, auditor)
    if QPY_FILE in files and QASM_FILE in files:
        _check_qpy(files[QPY_FILE].under_test, files[QASM_FILE], checks, read_qpy)
    if data is None:
        return False
    if not files:
        return True
    judged = {file_name: got.under_test for file_name, got in files.items()}
    if PREPROCESSING_FILE not in judged and leaves_form_open(spec):
        checks.missing("training", f"{PREPROCESSING_FILE} would say in which form it was computed")
        return True
    if METRICS_FILE not in judged and judged.pop(CARD_FILE, None) is not None:
        checks.missing(f"{CARD_FILE} text", f"{METRICS_FILE} would say in which form it was written")
    for finding in algorithm.certify(spec, data, judged, ignore_progress):
        others = differences(finding.versions, environment) if finding.versions else ""
        if finding.agrees is False and others:
            checks.missing(finding.field, OTHER_VERSIONS.format(others=others))
            if finding.elsewhere is not None:
                checks.finding(finding.elsewhere())
        else:
            checks.finding(finding)
    return True


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
        return algorithm.read(spec, tables, parent_of(spec, material))
    except DatasetRefused as error:
        checks.wrong("training", "rows that can be trained on", "refused", error.message)
    except (ParentRefused, ModelRefused) as error:
        checks.wrong("training", "a model that it can begin with", "refused", error.message)
    except ParentMissing:
        checks.missing("training", "without the model that it began with nothing can be rebuilt")
    return None


def _check_qpy(block: bytes, qasm: Bytes, checks: Checks, read_qpy: QpyReader) -> None:
    """Both files must hold one circuit; the OpenQASM text is the one that is held against the spec."""
    try:
        found = read_qpy(block)
    except QpyVersionDiffers as error:
        checks.missing(f"{QPY_FILE} circuit", error.message)
    except QpyUnreadable as error:
        checks.wrong(f"{QPY_FILE} circuit", f"the circuit of {QASM_FILE}", "unreadable", error.message)
    else:
        same = f"the circuit of {QASM_FILE}"
        true = qasm.true if qasm.true is not None else qasm.under_test
        checks.equal(f"{QPY_FILE} circuit", same, same if found == true else "another circuit")
