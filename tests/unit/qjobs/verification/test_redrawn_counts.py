"""Executors who post counts that suit them: all else follows from these, with right hashes and signatures."""

from functools import cache

import numpy as np
import pytest
from scipy.stats import binom
from threadpoolctl import threadpool_limits

from qjobs.algorithms import measured_kernels
from qjobs.algorithms.noise_evaluation import trial
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.engines.environment import environment
from qjobs.engines.measuring import AerMeter
from qjobs.verification import verify_job
from tests.unit.qjobs.verification.posted_jobs import Posted, fields
from tests.unit.qjobs.verification.test_verify_measured_job import FEW, SHORT
from tests.vectors.qjobs.specs import small_spec

KERNEL = small_spec(FEW, **SHORT, engine="aer", shots=200, noise={})
EVALUATED = small_spec(FEW, **SHORT, noise_evaluation={"shots": 300, "rows": 8})
COUNTS = "measurements.safetensors kernel"
OLDER = {**environment(), "qiskit-aer": "0.18.1"}


class DishonestMeter(AerMeter):
    """A device without whose counts nobody could tell what was drawn."""

    def __init__(self, forge):
        super().__init__(KERNEL.noise)
        self._forge = forge

    def counts(self, circuit, rows, shots, seed, streams=()):
        return self._forge(super(), circuit, rows, shots, seed)


def honest(meter, *asked):
    return meter.counts(*asked)


def of_another_seed(meter, circuit, rows, shots, seed):
    return meter.counts(circuit, rows, shots, (*seed, 1))


def best_of_two(meter, circuit, rows, shots, seed):
    """The draw that saw the likeliest states more often: less noise, by luck."""
    draws = [meter.counts(circuit, rows, shots, (*seed, *more)) for more in ((), (1,))]
    return max(draws, key=lambda counts: counts.max(axis=1).sum())


def one_better_entry(meter, circuit, rows, shots, seed):
    counts = meter.counts(circuit, rows, shots, seed)
    if seed[-1] == 0:
        counts[counts[:, 0].argmin(), 0] += 1
    return counts


def in_another_order(meter, *asked):
    return np.roll(meter.counts(*asked), 1, axis=0)


def higher_draws_for_chosen_pairs(meter, circuit, rows, shots, seed):
    """Honest draws, ranked: the higher ones go to pairs of rows on one side of the first component."""
    draws = np.sort(np.random.default_rng(seed).random(len(rows)))
    is_chosen = np.sign(rows[:, 0]) == np.sign(rows[:, rows.shape[1] // 2])
    handed = np.empty(len(rows))
    handed[np.argsort(is_chosen, kind="stable")] = draws
    chances = meter.chances(circuit, rows)[:, :1]
    zeros = binom.ppf(handed[:, None], shots, chances)
    return np.hstack([zeros, shots - zeros]).astype(np.int64)


class PostedCounts(Posted):
    """One settled job whose counts are what a meter of the executor's own gave."""

    def __init__(self, folder, spec, forge, run_with=None):
        self.kept, self.spec = FEW, spec
        self.environment = environment() if run_with is None else run_with
        self.files = measured_files(spec, forge)
        self.publish(folder)


@cache
def measured_files(spec, forge):
    algorithm = algorithm_of(spec)
    with pytest.MonkeyPatch.context() as patched, threadpool_limits(limits=1):
        for module in (measured_kernels, trial):
            patched.setattr(module, "open_meter", lambda device: DishonestMeter(forge))
        data = algorithm.load(spec, {1: TableBytes(FEW)})
        return algorithm.run(spec, data, ignore_progress, never_cancel).files


def checked(posted):
    return verify_job(posted.facts, posted.without_qpy)


@pytest.mark.attack("S33")
@pytest.mark.parametrize(
    "forge", [of_another_seed, one_better_entry, higher_draws_for_chosen_pairs, in_another_order]
)
def test_counts_that_the_seed_does_not_draw_are_refused_although_all_else_follows_from_them(tmp_path, forge):
    report = checked(PostedCounts(tmp_path, KERNEL, forge))

    assert report.verdict == "MISMATCH"
    assert fields(report) == {COUNTS}


@pytest.mark.attack("S33")
@pytest.mark.parametrize("forge", [of_another_seed, best_of_two])
def test_an_evaluation_by_a_lucky_draw_is_refused(tmp_path, forge):
    report = checked(PostedCounts(tmp_path, EVALUATED, forge))

    assert report.verdict == "MISMATCH"
    assert "measurements.safetensors device" in fields(report)
    assert {name.split(" ")[0] for name in fields(report)} == {"measurements.safetensors"}


@pytest.mark.parametrize("run_with", [environment(), OLDER, {}], ids=["same", "older", "not named"])
def test_equal_counts_are_accepted_whatever_versions_are_named(tmp_path, run_with):
    report = checked(PostedCounts(tmp_path, KERNEL, honest, run_with))

    assert not report.mismatches
    assert {check.field for check in report.missing} == {"circuit.qpy"}
    assert next(check.note for check in report.checks if check.field == COUNTS).startswith("all ")


@pytest.mark.attack("S33")
@pytest.mark.parametrize(
    ("forge", "run_with", "refused"),
    [
        (higher_draws_for_chosen_pairs, OLDER, set()),
        (higher_draws_for_chosen_pairs, {}, set()),
        (in_another_order, OLDER, {f"{COUNTS} chances"}),
    ],
)
def test_who_names_other_versions_is_never_believed_and_refused_by_the_chances_alone(
    tmp_path, forge, run_with, refused
):
    report = checked(PostedCounts(tmp_path, KERNEL, forge, run_with))

    (unknown,) = [check for check in report.missing if check.field == COUNTS]
    assert report.verdict == ("MISMATCH" if refused else "CANNOT_CHECK")
    assert fields(report) == refused
    assert f"qiskit-aer {run_with.get('qiskit-aer', 'not named')} (here " in unknown.note
