"""The whole way of a job on a Hamiltonian: through the sandboxed child, and verified from its files."""

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.result import FILE_NAMES
from qjobs.runner import RunCrashed, RunLimits, RunRefused, run_job
from qjobs.runner.limits import MIB
from qjobs.spec import canonical_bytes, spec_digest
from tests.unit.qjobs.runner.test_run_qnn_job import kill_the_child
from tests.vectors.qjobs.energies import TERMS, as_energy_spec, energy_spec, terms_fields
from tests.vectors.qjobs.specs import write_csv

VQE = ALGORITHMS["vqe"]
LIMITS = RunLimits(run_seconds=300, memory_bytes=1024 * MIB)


def run(folder, spec, content=None, on_event=None, kept=None):
    workdir = folder / "run"
    workdir.mkdir()
    inputs = {} if content is None else {1: write_csv(folder, content)}
    events = []
    told = on_event or events.append
    output = run_job(canonical_bytes(spec), inputs, workdir, told, lambda: False, LIMITS, kept=kept)
    return {name: path.read_bytes() for name, path in output.files.items()}, output.metrics, events


def test_the_child_finds_an_energy_without_any_dataset_and_an_auditor_rebuilds_it(tmp_path):
    spec = energy_spec(hamiltonian={"source": "molecule"}, ansatz={"name": "ucc-sd"}, noise={})

    files, metrics, events = run(tmp_path, spec)

    assert set(files) == set(FILE_NAMES)
    assert metrics["spec_digest"] == spec_digest(spec)
    assert metrics["answers"]["vqe"] == pytest.approx(-1.1373060358, abs=1e-8)
    assert events[-1].step == events[-1].steps == 3
    with threadpool_limits(limits=2):
        findings = list(VQE.certify(spec, VQE.load(spec, {}), files, events.append))
    assert [each.field for each in findings if not each.agrees] == []


def test_two_runs_of_one_spec_are_each_others_match(tmp_path):
    spec = as_energy_spec(terms_fields())
    (tmp_path / "again").mkdir()

    first, _, _ = run(tmp_path, spec, TERMS)
    second, _, _ = run(tmp_path / "again", spec, TERMS)

    assert {name: first[name] for name in first if name != "circuit.qpy"} == {
        name: second[name] for name in second if name != "circuit.qpy"
    }


@pytest.mark.fault("F01")
def test_a_child_killed_in_the_middle_is_gone_on_from_and_the_result_is_the_same(tmp_path):
    spec, kept = energy_spec(algorithm={"name": "vqe", "restarts": 2, "states": 2}), tmp_path / "kept"
    kept.mkdir()
    (tmp_path / "again").mkdir()

    def kill_at_the_second_state(event):
        if event.message == "start 1 of 2: state 1":
            kill_the_child()

    with pytest.raises(RunCrashed):
        run(tmp_path, spec, on_event=kill_at_the_second_state, kept=kept)
    files, _, second = run(tmp_path / "again", spec, kept=kept)

    assert not any(event.message.endswith("state 0") for event in second if event.message.startswith("step"))
    with threadpool_limits(limits=1):
        whole = VQE.run(spec, VQE.load(spec, {}), lambda event: None, lambda: False).files
    assert {name: files[name] for name in ("model.safetensors", "metrics.json")} == {
        name: whole[name] for name in ("model.safetensors", "metrics.json")
    }


def test_rows_that_are_no_hamiltonian_are_refused_in_words(tmp_path):
    with pytest.raises(RunRefused, match="row 1, column 'pauli' is no string of 2 letters") as refused:
        run(tmp_path, as_energy_spec(terms_fields()), TERMS.replace(b'"ZZ"', b'"ZZZ"'))

    assert refused.value.code == "dataset_refused"
