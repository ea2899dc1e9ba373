"""Counts of a measured kernel are kept as they are drawn: a run that was killed draws none of them again."""

import numpy as np
import pytest

from qjobs.algorithms import measured_kernels
from qjobs.algorithms.errors import TrainingCancelled
from qjobs.algorithms.kept_counts import HEAD_BYTES, KeptCounts
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.engines.measuring import AerMeter
from tests.unit.qjobs.verification.test_verify_measured_job import FEW, SHORT
from tests.vectors.qjobs.specs import small_spec

SPEC = small_spec(FEW, **SHORT, engine="aer", shots=50)
PARTS = 5


class CountingMeter(AerMeter):
    """Notes each draw by its seed, and is killed before the one that is too many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.drawn: list[tuple[int, ...]] = []
        self._most = most

    def counts(self, circuit, rows, shots, seed):
        if len(self.drawn) == self._most:
            raise KeyboardInterrupt
        self.drawn.append(seed)
        return super().counts(circuit, rows, shots, seed)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs the job with a file to go on from; gives its files and what was drawn."""
    rows = algorithm_of(SPEC).load(SPEC, {1: TableBytes(FEW)})

    def run(*, most=10_000, spec=SPEC, should_cancel=never_cancel, ended_by=None):
        meter = CountingMeter(most)
        monkeypatch.setattr(measured_kernels, "_meter", lambda spec: meter)
        resume = algorithm_of(spec).resume
        if ended_by is None:
            return resume(spec, rows, ignore_progress, should_cancel, tmp_path / "kept").files, meter.drawn
        with pytest.raises(ended_by):
            resume(spec, rows, ignore_progress, should_cancel, tmp_path / "kept")
        return {}, meter.drawn

    return run


def test_run_that_was_killed_draws_only_what_is_left_and_posts_the_same_bytes(run, tmp_path):
    whole, all_draws = run()
    (tmp_path / "kept").unlink()
    _, first = run(most=PARTS, ended_by=KeyboardInterrupt)
    with (tmp_path / "kept").open("ab") as kept:
        kept.write(bytes(4 * 10_000) + b"\x07")

    again, rest = run()

    assert first == all_draws[:PARTS]
    assert rest == all_draws[PARTS:]
    assert {**again, "circuit.qpy": b""} == {**whole, "circuit.qpy": b""}


@pytest.mark.parametrize("kept", [b"", b"nothing of ours" * 9, b"\x00" * HEAD_BYTES])
def test_file_that_another_made_is_written_anew(tmp_path, kept):
    file = tmp_path / "kept"
    file.write_bytes(kept)

    counts = KeptCounts(file, "this run")

    assert counts.known(0, 1) is None
    counts.keep(0, np.array([3, 0]))
    assert KeptCounts(file, "this run").known(0, 2).tolist() == [3, 0]
    assert KeptCounts(file, "this run").known(1, 2) is None
    assert KeptCounts(file, "another run").known(0, 1) is None


def test_counts_of_another_seed_are_not_gone_on_from(run):
    run(most=PARTS, ended_by=KeyboardInterrupt)

    _, drawn = run(spec=SPEC.model_copy(update={"seed": SPEC.seed + 1}))

    assert len(drawn) > PARTS
    assert {seed[0] for seed in drawn} == {SPEC.seed + 1}
    assert drawn[0][1] == 0


def test_cancel_is_heard_between_parts_of_one_kernel(run, monkeypatch):
    monkeypatch.setattr(measured_kernels, "PAIRS_AT_ONCE", 10)
    asked = []

    _, drawn = run(should_cancel=lambda: len(asked) > 4 or asked.append(1), ended_by=TrainingCancelled)

    assert 0 < len(drawn) <= PARTS
