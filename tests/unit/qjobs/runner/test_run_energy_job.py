"""The whole way of a job on a Hamiltonian: through the sandboxed child, and verified from its files."""

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.result import FILE_NAMES
from qjobs.runner import RunCrashed, RunRefused
from qjobs.spec import spec_digest
from tests.unit.qjobs.runner.in_child import kill_the_child, run_in_child
from tests.vectors.qjobs.energies import TERMS, as_energy_spec, energy_spec, terms_fields

VQE = ALGORITHMS["vqe"]


def test_the_child_finds_an_energy_without_any_dataset_and_an_auditor_rebuilds_it(tmp_path):
    spec = energy_spec(hamiltonian={"source": "molecule"}, ansatz={"name": "ucc-sd"}, noise={})

    ran = run_in_child(tmp_path, spec)

    assert set(ran.files) == set(FILE_NAMES)
    assert ran.metrics["spec_digest"] == spec_digest(spec)
    assert ran.metrics["answers"]["vqe"] == pytest.approx(-1.1373060358, abs=1e-8)
    assert ran.events[-1].step == ran.events[-1].steps == 3
    with threadpool_limits(limits=2):
        findings = list(VQE.certify(spec, VQE.load(spec, {}), ran.files, ignore_progress))
    assert [each.field for each in findings if not each.agrees] == []


def test_two_runs_of_one_spec_are_each_others_match(tmp_path):
    spec = as_energy_spec(terms_fields())

    first, second = (run_in_child(tmp_path, spec, TERMS).files for _ in range(2))

    assert {name: first[name] for name in first if name != "circuit.qpy"} == {
        name: second[name] for name in second if name != "circuit.qpy"
    }


@pytest.mark.fault("F01")
def test_a_child_killed_in_the_middle_is_gone_on_from_and_the_result_is_the_same(tmp_path):
    spec, kept = energy_spec(algorithm={"name": "vqe", "restarts": 2, "states": 2}), tmp_path / "kept"
    kept.mkdir()

    def kill_at_the_second_state(event):
        if event.message == "start 1 of 2: state 1":
            kill_the_child()

    with pytest.raises(RunCrashed):
        run_in_child(tmp_path, spec, on_event=kill_at_the_second_state, kept=kept)
    again = run_in_child(tmp_path, spec, kept=kept)

    steps = [event.message for event in again.events if event.message.startswith("step")]
    assert not any(message.endswith("state 0") for message in steps)
    with threadpool_limits(limits=1):
        whole = VQE.run(spec, VQE.load(spec, {}), ignore_progress, never_cancel).files
    assert {name: again.files[name] for name in ("model.safetensors", "metrics.json")} == {
        name: whole[name] for name in ("model.safetensors", "metrics.json")
    }


def test_rows_that_are_no_hamiltonian_are_refused_in_words(tmp_path):
    with pytest.raises(RunRefused, match="row 1, column 'pauli' is no string of 2 letters") as refused:
        run_in_child(tmp_path, as_energy_spec(terms_fields()), TERMS.replace(b'"ZZ"', b'"ZZZ"'))

    assert refused.value.code == "dataset_refused"
