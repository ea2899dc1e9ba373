"""The whole way of a job on rows without labels: through the sandboxed child, and verified from its files."""

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.result import FILE_NAMES
from qjobs.runner import RunLimits, RunRefused, run_job
from qjobs.runner.limits import MIB
from qjobs.spec import canonical_bytes
from tests.vectors.qjobs.reductions import FLOWERS, flowers_csv, reduction_spec
from tests.vectors.qjobs.specs import write_csv

QPCA = ALGORITHMS["qpca"]
SPEC = reduction_spec()
LIMITS = RunLimits(run_seconds=300, memory_bytes=1024 * MIB)


def run(folder, content=FLOWERS):
    workdir = folder / "run"
    workdir.mkdir()
    inputs, events = {1: write_csv(folder, content)}, []
    output = run_job(canonical_bytes(SPEC), inputs, workdir, events.append, lambda: False, LIMITS)
    return {name: path.read_bytes() for name, path in output.files.items()}, events


def test_the_child_finds_components_that_an_auditor_rebuilds(tmp_path):
    files, events = run(tmp_path)

    assert set(files) == set(FILE_NAMES)
    assert events[-1].step == events[-1].steps == 3 * 4 + 1
    with threadpool_limits(limits=2):
        data = QPCA.load(SPEC, {1: tmp_path / "rows.csv"})
        findings = list(QPCA.certify(SPEC, data, files, events.append))
    assert [each.field for each in findings if not each.agrees] == []


def test_too_few_rows_are_refused_in_words(tmp_path):
    with pytest.raises(RunRefused, match="at least 20 rows are needed; there are 10") as refused:
        run(tmp_path, flowers_csv(10))

    assert refused.value.code == "dataset_refused"
