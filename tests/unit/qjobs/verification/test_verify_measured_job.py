"""Jobs of the statistical class, from the sandboxed child to a verdict from blocks alone."""

import json

import numpy as np
import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.result import MEASUREMENTS_FILE, file_names
from qjobs.runner.process import ENVIRONMENT
from qjobs.spec import QnnSpec
from qjobs.verification import verify_job
from tests.unit.qjobs.runner.in_child import PostedRun
from tests.unit.qjobs.verification.posted_jobs import fields
from tests.vectors.qjobs.specs import small_spec, two_irises_csv
from tests.vectors.qjobs.trained import qnn_spec

IRISES = two_irises_csv()
LINES = IRISES.split(b"\n")
FEW = b"\n".join([LINES[0], *LINES[20:30], *LINES[60:70]]) + b"\n"
"""As many rows as a class needs: every pair is measured, in the run and in each check."""

SHORT = {
    "splits": {"count": 2, "test_fraction": 0.25, "seed": 3},
    "algorithm": {"c_grid": [1], "bandwidth_grid": [0.5], "inner_folds": 2},
    "baselines": {"models": ["linear"], "features": ["reduced"], "c_grid": [1], "gamma_grid": [1]},
}
MANILA = {"engine": "ibm-runtime", "backend": "fake_manila"}
JOBS = {
    "network on a fake backend": (qnn_spec(noise_evaluation={"device": MANILA, "shots": 300}), IRISES),
    "kernel machine on aer": (small_spec(FEW, **SHORT, noise_evaluation={"shots": 300, "rows": 8}), FEW),
    "measured kernel": (small_spec(FEW, **SHORT, engine="aer", shots=200, noise={}), FEW),
}
ON_FAKE_BACKEND = (small_spec(FEW, **SHORT, engine="ibm-runtime", backend="fake_manila", shots=200), FEW)
CASES = [
    *(pytest.param(job, id=name) for name, job in JOBS.items()),
    pytest.param(ON_FAKE_BACKEND, id="measured kernel on a fake backend", marks=pytest.mark.deep),
]


@pytest.fixture(scope="module", params=CASES)
def run_once(request, tmp_path_factory):
    """By the linear algebra of another processor than the check's: its last digits are others."""
    spec, content = request.param
    with threadpool_limits(limits=1), pytest.MonkeyPatch.context() as patched:
        patched.setitem(ENVIRONMENT, "OPENBLAS_CORETYPE", "Nehalem")
        yield PostedRun(tmp_path_factory.mktemp("job"), spec, content)


@pytest.fixture
def posted(run_once, tmp_path):
    """As the child left it, whatever a test before did to it."""
    files = dict(run_once.files)
    run_once.publish(tmp_path)
    yield run_once
    run_once.files = files


def changed_counts(posted, change):
    arrays = {name: array.copy() for name, array in load(posted.files[MEASUREMENTS_FILE]).items()}
    change(arrays)
    posted.files[MEASUREMENTS_FILE] = save(arrays)


def test_what_the_child_measured_matches_in_every_part(posted):
    report = verify_job(posted.facts, posted.blocks)

    assert report.verdict == "MATCH", [str(check) for check in report.mismatches + report.missing]
    assert set(posted.files) == set(file_names(posted.spec))
    drawn = [check for check in report.checks if check.field.startswith(f"{MEASUREMENTS_FILE} ")]
    assert drawn
    assert all(check.note.startswith("all ") for check in drawn)


def test_counts_that_were_not_drawn_so_are_found_although_every_hash_and_signature_is_right(posted, tmp_path):
    def no_noise(arrays):
        name = "device" if "device" in arrays else "kernel_zeros"
        arrays[name][:] = arrays.get("shots", np.minimum(arrays[name] + 40, 200))

    changed_counts(posted, no_noise)
    posted.publish(tmp_path)

    report = verify_job(posted.facts, posted.blocks)

    assert report.verdict == "MISMATCH"
    assert {f"{MEASUREMENTS_FILE} device", f"{MEASUREMENTS_FILE} kernel"} & fields(report)


def test_a_result_without_its_counts_is_no_result(posted, tmp_path):
    del posted.files[MEASUREMENTS_FILE]
    posted.publish(tmp_path)

    assert MEASUREMENTS_FILE in fields(verify_job(posted.facts, posted.blocks))


def test_counts_that_cannot_be_had_leave_only_themselves_unchecked(posted):
    blocks = posted.blocks.without(posted.files[MEASUREMENTS_FILE])

    report = verify_job(posted.facts, blocks)

    assert report.verdict == "CANNOT_CHECK"
    assert {check.field for check in report.missing} == {MEASUREMENTS_FILE}


def test_counts_in_another_form_are_refused_in_words(posted, tmp_path):
    def one_less(arrays):
        name = "device" if "device" in arrays else "kernel_zeros"
        arrays[name] = arrays[name][:-1]

    changed_counts(posted, one_less)
    posted.publish(tmp_path)

    report = verify_job(posted.facts, posted.blocks)

    assert MEASUREMENTS_FILE in {field.split(" ")[0] for field in fields(report)}


def test_a_nicer_score_than_the_counts_give_is_found(posted, tmp_path):
    metrics = json.loads(posted.files["metrics.json"])
    place = metrics.get("noise_evaluation", {}).get("values", {}).get("device") or metrics["final_model"]
    name = "score" if "score" in place else "kernel_mean"
    place[name] += 0.1
    posted.files["metrics.json"] = json.dumps(metrics).encode()
    posted.publish(tmp_path)

    (found,) = fields(verify_job(posted.facts, posted.without_qpy))

    assert found.startswith("metrics.json ")
    assert found.endswith(f".{name}")


def test_a_statistical_spec_says_so_and_others_do_not():
    assert all(spec.is_statistical for spec, _ in JOBS.values())
    assert isinstance(JOBS["network on a fake backend"][0], QnnSpec)
    assert not qnn_spec(shots=100, noise={}).is_statistical
