"""The whole way of a job on rows without labels: through the sandboxed child, and verified from its files."""

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.progress import ignore_progress
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.result import FILE_NAMES
from qjobs.runner import RunRefused
from tests.unit.qjobs.runner.in_child import run_in_child
from tests.vectors.qjobs.reductions import FLOWERS, flowers_csv, reduction_spec

QPCA = ALGORITHMS["qpca"]
SPEC = reduction_spec()


def test_the_child_finds_components_that_an_auditor_rebuilds(tmp_path):
    ran = run_in_child(tmp_path, SPEC, FLOWERS)

    assert set(ran.files) == set(FILE_NAMES)
    assert ran.events[-1].step == ran.events[-1].steps == 3 * 4 + 1
    with threadpool_limits(limits=2):
        data = QPCA.load(SPEC, {1: tmp_path / "rows.csv"})
        findings = list(QPCA.certify(SPEC, data, ran.files, ignore_progress))
    assert [each.field for each in findings if not each.agrees] == []


def test_too_few_rows_are_refused_in_words(tmp_path):
    with pytest.raises(RunRefused, match="at least 20 rows are needed; there are 10") as refused:
        run_in_child(tmp_path, SPEC, flowers_csv(10))

    assert refused.value.code == "dataset_refused"
