"""The components as a device would find them, from rows that are read in every product of bases."""

from dataclasses import replace

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import random_hermitian, random_statevector
from safetensors.numpy import load, save
from sklearn.linear_model import LinearRegression
from threadpoolctl import threadpool_limits

from qjobs.algorithms.noise_evaluation.trial import TrialTooLarge, exact_chances
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qpca import job
from qjobs.algorithms.qpca.bases import basis_turns, in_any_basis, outcome_values
from qjobs.algorithms.qpca.job import final_model
from qjobs.algorithms.qpca.model import project_qpca, read_model, read_preprocessing
from qjobs.algorithms.qpca.rows import read_features
from qjobs.algorithms.qpca.trial import coordinates_trial
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.result import MEASUREMENTS_FILE, file_names
from qjobs.algorithms.rows import TableBytes
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import SpecRefused, build_spec, canonical_bytes, estimate, read_spec
from qjobs.spec.noise import NoiseEvaluation
from tests.vectors.qjobs.reductions import FLOWERS, NAMES, flowers_csv, reduction_fields, reduction_spec

QPCA = ALGORITHMS["qpca"]
NOISE = {"one_qubit_error": 0.001, "two_qubit_error": 0.02, "readout_error": 0.05}
ASKED = {"device": {"noise": NOISE}, "shots": 1500, "rows": 8}
SHORT = {"splits": {"count": 2}, "algorithm": {"name": "qpca", "bandwidth_grid": [0.5], "phase_qubits": 0}}
SPEC = reduction_spec(noise_evaluation=ASKED, **SHORT)
ROWS = read_features(SPEC, {1: TableBytes(FLOWERS)})


@pytest.fixture(scope="module")
def result():
    with threadpool_limits(limits=1):
        return QPCA.run(SPEC, ROWS, ignore_progress, never_cancel)


@pytest.mark.parametrize("qubits", [1, 2, 3])
def test_outcomes_in_all_bases_give_any_observable_of_any_state(qubits):
    observables = np.stack([random_hermitian(2**qubits, seed=seed).data for seed in (1, 2)])
    state, turned = random_statevector(2**qubits, seed=5), in_any_basis(QuantumCircuit(qubits))

    values, turns = outcome_values(observables), basis_turns(qubits)
    shares = [state.evolve(turned.assign_parameters(each)).probabilities() for each in turns]

    found = np.einsum("kso,so->k", values, np.array(shares))
    expected = [np.vdot(state.data, each @ state.data).real for each in observables]
    assert found == pytest.approx(expected, abs=1e-12)


def test_without_noise_and_with_endless_shots_the_device_finds_the_models_own_coordinates(result):
    model = read_model(result.files["model.safetensors"], components=2, qubits=2)
    reduction = read_preprocessing(result.files["preprocessing.json"])

    trial = coordinates_trial(SPEC, SPEC.noise_evaluation, ROWS, reduction, model)

    picked = np.arange(8) * len(ROWS) // 8
    expected = project_qpca(SPEC, result.files, ROWS.values[picked])
    assert trial.answers(exact_chances(trial)) == pytest.approx(expected, abs=1e-12)
    values = reduction.standardiser.apply(ROWS.values)
    given_back = LinearRegression().fit(project_qpca(SPEC, result.files, ROWS.values), values)
    missed = ((values[picked] - given_back.predict(expected)) ** 2).sum()
    assert trial.score(expected) == pytest.approx(1 - missed / (values[picked] ** 2).sum(), abs=1e-9)
    assert trial.score(np.zeros_like(expected)) == pytest.approx(0, abs=1e-9)


def test_a_device_moves_the_coordinates_and_mitigation_moves_them_back(result):
    report = result.metrics["noise_evaluation"]

    errors = {name: each["mean_error"] for name, each in report["values"].items()}
    assert errors["ideal"] == 0.0
    assert errors["device"] > 2 * errors["readout_mitigated"]
    assert errors["device"] > 3 * errors["shots"]
    assert report["values"]["device"]["score"] < report["values"]["ideal"]["score"]
    assert (report["rows"], report["circuits"], report["score"]) == (8, 72, "share given back")
    assert set(result.files) == set(file_names(SPEC))
    assert "on 8 of the training rows" in result.files["README.md"].decode()


def certified(files):
    with threadpool_limits(limits=1):
        found = QPCA.certify(SPEC, ROWS, files, ignore_progress)
        return {each.field: each.agrees for each in found}


def test_an_auditor_draws_the_counts_again_and_agrees_in_every_file(result):
    findings = certified(result.files)

    assert all(findings.values()), findings
    drawn = {f"{MEASUREMENTS_FILE} {each}" for each in ("shots", "device", "folded", "device_readout")}
    assert drawn < set(findings)


def test_a_few_counts_that_were_moved_are_found_although_the_report_follows_from_it(result):
    arrays = load(result.files[MEASUREMENTS_FILE])
    counts = arrays["device"].copy()
    counts[3, counts[3].argmax()] -= 3
    counts[3, counts[3].argmin()] += 3

    findings = certified({MEASUREMENTS_FILE: save({**arrays, "device": counts})})

    assert [field for field, agrees in findings.items() if not agrees] == [f"{MEASUREMENTS_FILE} device"]


def turned_model(trained):
    """The same space in a basis that another machine may as well find."""
    model, turn = final_model(trained), np.array([[0.8, -0.6], [0.6, 0.8]])
    parts = {name: np.tensordot(turn, getattr(model, name), 1) for name in ("real", "imaginary", "offsets")}
    return replace(model, **parts)


def test_components_of_one_variance_are_judged_in_the_basis_in_which_they_were_posted(monkeypatch):
    corners = b"1,0\n0,1\n-1,0\n0,-1\n"
    content, columns = b"a,b\n" + 6 * corners, {"features": ["a", "b"]}
    dataset = {**reduction_fields(content)["datasets"][0], "columns": columns}
    spec = reduction_spec(
        content, datasets=[dataset], feature_map={"name": "angle"}, noise_evaluation={"rows": 3}, **SHORT
    )
    rows = read_features(spec, {1: TableBytes(content)})
    monkeypatch.setattr(job, "final_model", turned_model)

    posted = QPCA.run(spec, rows, ignore_progress, never_cancel)

    first, second = posted.metrics["final_model"]["eigenvalues"]
    assert first == pytest.approx(second, abs=1e-12)
    found = QPCA.certify(spec, rows, posted.files, ignore_progress)
    assert [each.field for each in found if not each.agrees] == []


def test_counts_that_are_withheld_leave_only_themselves_unchecked(result):
    files = {name: block for name, block in result.files.items() if name != MEASUREMENTS_FILE}

    findings = certified(files)

    assert [field for field, agrees in findings.items() if not agrees] == [MEASUREMENTS_FILE]
    assert findings[MEASUREMENTS_FILE] is None


def test_more_qubits_than_are_read_are_refused_and_no_more_rows_than_a_result_holds():
    fields = reduction_fields(noise_evaluation={"rows": 16}, qubits=6)
    columns = {"features": [*NAMES, "e", "f", "g"]}
    fields["datasets"] = [{**fields["datasets"][0], "columns": columns}]
    spec = build_spec(fields)

    assert estimate(spec, 100).rows_carried_max == 2**18 // 6**6 == 5
    assert estimate(spec, 100).cpu_seconds > estimate(build_spec({**fields, "qubits": 4}), 100).cpu_seconds
    with pytest.raises(SpecRefused, match=r"reads a row in 3\*\*7 bases; the limit is 6 qubits"):
        build_spec({**fields, "qubits": 7})
    exact = {**fields, "qubits": 7, "algorithm": {"name": "qpca", "phase_qubits": 5}}
    del exact["noise_evaluation"]
    assert build_spec(exact).qubits == 7


def test_the_evaluation_is_part_of_the_document_and_of_its_words():
    assert read_spec(canonical_bytes(SPEC)) == SPEC
    assert SPEC.is_statistical
    assert not reduction_spec().is_statistical
    words = " ".join(spec_in_words(SPEC))
    assert "1500 times a circuit" in words
    assert "The counts are public, and tell up to 8 of the rows." in words


def test_a_run_of_few_rows_is_tried_on_all_of_them():
    rows = read_features(SPEC, {1: TableBytes(flowers_csv(20))})
    spec = reduction_spec(flowers_csv(20), noise_evaluation={"shots": 10, "rows": 64}, **SHORT)

    found = QPCA.run(spec, rows, ignore_progress, never_cancel).metrics["noise_evaluation"]

    assert found["rows"] == 20


def test_a_trial_on_more_qubits_than_are_read_is_refused_before_any_work():
    columns = {"features": [*NAMES, "e", "f", "g"]}
    fields = reduction_fields(qubits=7, algorithm={"name": "qpca", "phase_qubits": 5})
    fields["datasets"] = [{**fields["datasets"][0], "columns": columns}]

    with pytest.raises(TrialTooLarge, match=r"read in 3\*\*7 bases; the limit is 6 qubits"):
        coordinates_trial(build_spec(fields), NoiseEvaluation(), None, None, None)
