import json
import os
import signal
from pathlib import Path

import psutil
import pytest

from qjobs.runner import (
    OutputRefused,
    RunCancelled,
    RunCrashed,
    RunLimits,
    RunOutOfMemory,
    RunRefused,
    RunTimedOut,
    parent,
    run_job,
)
from qjobs.runner.errors import DiskFull
from qjobs.runner.limits import MIB, OUTPUT_NAMES
from qjobs.runner.parent import _collected
from qjobs.spec import canonical_bytes, spec_digest
from tests.vectors.qjobs.specs import breast_cancer_csv, small_spec, spec_fields, two_irises_csv, write_csv

IRISES = two_irises_csv()
SPEC = small_spec(IRISES)
LIMITS = RunLimits(run_seconds=60, memory_bytes=1024 * MIB)


def never() -> bool:
    return False


class Run:
    """One call of run_job in a folder of its own."""

    def __init__(self, folder: Path, content: bytes = IRISES, spec=SPEC) -> None:
        self.events = []
        self.workdir = folder / "run"
        self.workdir.mkdir()
        self._input = write_csv(folder, content)
        self._spec = canonical_bytes(spec)

    def __call__(self, *, should_stop=never, limits=LIMITS, spec_bytes=None):
        return run_job(
            spec_bytes or self._spec, {1: self._input}, self.workdir, self.events.append, should_stop, limits
        )


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


def children() -> set[int]:
    """Processes of runs under this one; other tests' servers live under it too."""
    found = psutil.Process().children(recursive=True)
    return {child.pid for child in found if "qjobs.runner.child" in _command(child)}


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


def test_a_run_gives_its_files_metrics_versions_and_what_cut_it_off(run):
    output = run()

    assert set(output.files) == OUTPUT_NAMES
    assert all(path.parent.parent == run.workdir for path in output.files.values())
    assert output.metrics["spec_digest"] == spec_digest(SPEC)
    assert set(output.environment) >= {"python", "numpy", "qiskit", "scikit-learn"}
    assert output.isolation == "none" or output.isolation.startswith("network")
    assert run.events[-1].step == run.events[-1].steps


def test_rows_that_cannot_be_trained_on_are_refused_in_words(tmp_path):
    with pytest.raises(RunRefused, match="no column 'sepal length'") as refused:
        Run(tmp_path, content=IRISES.replace(b"sepal length", b"other"))()

    assert refused.value.code == "dataset_refused"


def test_a_stop_by_the_caller_kills_the_child(run):
    with pytest.raises(RunCancelled):
        run(should_stop=lambda: bool(run.events))

    assert not children()


def test_a_run_over_its_time_is_killed(tmp_path):
    content = breast_cancer_csv()
    fields = spec_fields(
        content, qubits=12, algorithm={"bandwidth_grid": [number / 20 for number in range(1, 17)]}
    )
    run = Run(tmp_path, content=content, spec=type(SPEC).model_validate_json(json.dumps(fields)))

    with pytest.raises(RunTimedOut, match="after 1 s"):
        run(limits=RunLimits(run_seconds=1, memory_bytes=2048 * MIB))

    assert not children()


def test_a_run_over_its_memory_says_so(tmp_path):
    rows = b"".join(b"%d,%d,%d\n" % (row, row * row % 97, row % 2) for row in range(5000))
    content = b"a,b,target\n" + rows

    with pytest.raises(RunOutOfMemory, match="bytes"):
        Run(tmp_path, content=content, spec=small_spec(content))(limits=RunLimits(60, 800 * MIB))


def test_rows_that_cannot_fit_are_refused_before_training(tmp_path):
    content = b"a,b,target\n" + b"".join(b"%d,%d,%d\n" % (row, row % 97, row % 2) for row in range(9000))

    with pytest.raises(RunRefused, match=r"9000 rows and 2 qubits need .* the limit is 2 GiB"):
        Run(tmp_path, content=content, spec=small_spec(content))()


def kill_children() -> bool:
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    return False


def test_a_child_killed_from_outside_may_be_tried_again(run):
    with pytest.raises(RunCrashed, match="code -9"):
        run(should_stop=kill_children)


@pytest.mark.fault("F27")
def test_a_child_that_dies_where_the_disk_is_full_is_no_crash_of_its_own(run, monkeypatch):
    monkeypatch.setattr(parent, "LEAST_FREE_BYTES", 2**80)

    with pytest.raises(DiskFull):
        run(should_stop=kill_children)


def test_an_error_in_a_callback_leaves_no_child(run):
    def fail() -> bool:
        raise KeyError("lease lost")

    with pytest.raises(KeyError):
        run(should_stop=fail)

    assert not children()


def outputs(folder: Path) -> Path:
    folder = folder / "output"
    folder.mkdir()
    for name in OUTPUT_NAMES:
        (folder / name).write_bytes(b"{}")
    return folder


def test_listed_outputs_are_taken(tmp_path):
    assert set(_collected(outputs(tmp_path), LIMITS)) == OUTPUT_NAMES


def test_an_unlisted_output_is_refused(tmp_path):
    folder = outputs(tmp_path)
    (folder / "rows.csv").write_bytes(b"1,2")

    with pytest.raises(OutputRefused, match=r"'rows\.csv', which is no output"):
        _collected(folder, LIMITS)


def test_a_link_in_place_of_an_output_is_refused(tmp_path):
    folder = outputs(tmp_path)
    (folder / "metrics.json").unlink()
    (folder / "metrics.json").symlink_to("/etc/hostname")

    with pytest.raises(OutputRefused):
        _collected(folder, LIMITS)


def test_an_output_over_its_size_and_a_missing_one_are_refused(tmp_path):
    folder = outputs(tmp_path)
    (folder / "metrics.json").write_bytes(bytes(MIB + 1))

    with pytest.raises(OutputRefused, match="the limit is 1048576"):
        _collected(folder, LIMITS)

    (folder / "metrics.json").unlink()
    with pytest.raises(OutputRefused, match=r"did not write metrics\.json"):
        _collected(folder, LIMITS)
