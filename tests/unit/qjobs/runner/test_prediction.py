"""Decisions of a posted model, made in the sandbox, against the artefact's own code in this process."""

from pathlib import Path

import numpy as np
import pytest

from qjobs.algorithms.qsvm.job import run_qsvm
from qjobs.algorithms.qsvm.model import read_model, read_preprocessing
from qjobs.algorithms.result import MODEL_FILE, PREPROCESSING_FILE
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.table import read_table
from qjobs.engines.registry import open_engine
from qjobs.runner.errors import RunCrashed, RunOutOfMemory, RunRefused, RunTimedOut
from qjobs.runner.limits import MIB, RunLimits
from qjobs.runner.prediction import predict
from qjobs.spec import canonical_bytes
from tests.vectors.qjobs.specs import small_spec, two_irises_csv

IRISES = two_irises_csv()
SPEC = small_spec(IRISES)
TABLE = read_table(SPEC, {1: TableBytes(IRISES)})
LIMITS = RunLimits(run_seconds=60, memory_bytes=1024 * MIB)


@pytest.fixture(scope="module")
def artefact() -> dict[str, bytes]:
    return dict(run_qsvm(SPEC, TABLE).files)


@pytest.fixture
def ask(tmp_path: Path, artefact: dict[str, bytes]):
    """Predicts rows with the artefact's files, some of them changed."""

    def asked(rows: np.ndarray, *, limits: RunLimits = LIMITS, **changed: bytes) -> list[float]:
        files, workdir = tmp_path / "model", tmp_path / "work"
        files.mkdir()
        workdir.mkdir()
        for name in (MODEL_FILE, PREPROCESSING_FILE):
            (files / name).write_bytes(changed.get(name.partition(".")[0], artefact[name]))
        return predict(canonical_bytes(SPEC), rows.tolist(), files=files, workdir=workdir, limits=limits)

    return asked


def test_decisions_equal_the_artefacts_own_bit_by_bit(ask, artefact):
    rows = TABLE.features[::3] + 0.0123456789

    found = ask(rows)

    own = read_model(artefact[MODEL_FILE]).decision(
        open_engine(SPEC.engine), SPEC.feature_map, read_preprocessing(artefact[PREPROCESSING_FILE]), rows
    )
    assert found == own.tolist()
    assert len(set(found)) > len(rows) // 2
    labels = TABLE.positive[::3]
    assert np.mean((np.array(found) > 0) == labels) > 0.8


def test_rows_of_another_width_are_refused_in_words(ask):
    with pytest.raises(RunRefused, match="the rows have 3 features"):
        ask(np.ones((2, 3)))


@pytest.mark.attack("S31")
def test_file_that_is_no_model_is_refused_in_words(ask):
    with pytest.raises(RunRefused, match="the model is not safetensors"):
        ask(TABLE.features[:2], model=b"\xff" * 64)


def test_prediction_without_room_gives_no_decision(ask):
    with pytest.raises((RunOutOfMemory, RunCrashed)):
        ask(TABLE.features[:2], limits=RunLimits(run_seconds=60, memory_bytes=96 * MIB))


def test_prediction_over_its_time_is_stopped(ask):
    with pytest.raises(RunTimedOut, match="after 0 s"):
        ask(TABLE.features[:2], limits=RunLimits(run_seconds=0, memory_bytes=1024 * MIB))
