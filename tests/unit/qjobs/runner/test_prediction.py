"""Decisions of a posted model, made in the sandbox, against the artefact's own code in this process."""

import io
from collections.abc import Mapping
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
from qjobs.runner.process import isolation
from qjobs.runner.sealing import NO_KEYS
from qjobs.spec import canonical_bytes
from storage.age.file_key import FileKey
from storage.age.vault import seal_under
from tests.tools import missing
from tests.vectors.qjobs.specs import small_spec, two_irises_csv

IRISES = two_irises_csv()
SPEC = small_spec(IRISES)
TABLE = read_table(SPEC, {1: TableBytes(IRISES)})
KEY = FileKey(bytes(range(16)))
LIMITS = RunLimits(run_seconds=60, memory_bytes=1024 * MIB)


@pytest.fixture(scope="module")
def artefact() -> dict[str, bytes]:
    return dict(run_qsvm(SPEC, TABLE).files)


@pytest.fixture
def ask(tmp_path: Path, artefact: dict[str, bytes]):
    """Predicts rows with the artefact's files, some of them changed."""

    def asked(
        rows: np.ndarray,
        *,
        limits: RunLimits = LIMITS,
        file_keys: Mapping[str, FileKey] = NO_KEYS,
        **changed: bytes,
    ) -> list[float]:
        files, workdir = tmp_path / "model", tmp_path / "work"
        files.mkdir()
        workdir.mkdir()
        for name in (MODEL_FILE, PREPROCESSING_FILE):
            (files / name).write_bytes(changed.get(name.partition(".")[0], artefact[name]))
        spec = canonical_bytes(SPEC)
        return predict(spec, rows.tolist(), files=files, workdir=workdir, limits=limits, file_keys=file_keys)

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


def test_sealed_model_is_opened_in_the_child_alone_and_decides_the_same(ask, artefact):
    if isolation() == "none":
        missing("this machine gives no network namespace, so a sealed model is not opened here")
    rows = TABLE.features[:4]

    found = ask(rows, file_keys={MODEL_FILE: KEY}, model=sealed(artefact[MODEL_FILE]))

    own = read_model(artefact[MODEL_FILE]).decision(
        open_engine(SPEC.engine), SPEC.feature_map, read_preprocessing(artefact[PREPROCESSING_FILE]), rows
    )
    assert found == own.tolist()


@pytest.mark.attack("S31")
@pytest.mark.parametrize(
    ("key", "change"), [(FileKey(bytes(16)), lambda file: file), (KEY, lambda file: file[:-1])]
)
def test_sealed_model_under_another_key_or_cut_off_is_refused(ask, artefact, key, change):
    if isolation() == "none":
        missing("this machine gives no network namespace, so a sealed model is not opened here")
    with pytest.raises(RunRefused):
        ask(TABLE.features[:2], file_keys={MODEL_FILE: key}, model=change(sealed(artefact[MODEL_FILE])))


def sealed(block: bytes) -> bytes:
    return b"".join(seal_under(io.BytesIO(block), KEY))


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
