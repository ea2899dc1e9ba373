"""The whole way of a job on a Hamiltonian: through the sandboxed child, and verified from its files."""

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.registry import ALGORITHMS
from qjobs.runner import RunLimits, RunRefused, run_job
from qjobs.runner.limits import MIB
from qjobs.spec import canonical_bytes, spec_digest
from tests.vectors.qjobs.energies import TERMS, as_energy_spec, energy_spec, terms_fields
from tests.vectors.qjobs.specs import write_csv

VQE = ALGORITHMS["vqe"]
LIMITS = RunLimits(run_seconds=300, memory_bytes=1024 * MIB)


def run(folder, spec, content=None):
    workdir = folder / "run"
    workdir.mkdir()
    inputs = {} if content is None else {1: write_csv(folder, content)}
    events = []
    output = run_job(canonical_bytes(spec), inputs, workdir, events.append, lambda: False, LIMITS)
    return {name: path.read_bytes() for name, path in output.files.items()}, output.metrics, events


def test_the_child_finds_an_energy_without_any_dataset_and_an_auditor_rebuilds_it(tmp_path):
    spec = energy_spec(hamiltonian={"source": "molecule"}, ansatz={"name": "ucc-sd"}, noise={})

    files, metrics, events = run(tmp_path, spec)

    assert set(files) == set(VQE.file_names)
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


def test_rows_that_are_no_hamiltonian_are_refused_in_words(tmp_path):
    with pytest.raises(RunRefused, match="row 1, column 'pauli' is no string of 2 letters") as refused:
        run(tmp_path, as_energy_spec(terms_fields()), TERMS.replace(b'"ZZ"', b'"ZZZ"'))

    assert refused.value.code == "dataset_refused"
