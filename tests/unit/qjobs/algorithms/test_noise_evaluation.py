"""What hardware would make of a trained model, and the errors that are taken out of it."""

import json

import numpy as np
import pytest
from qiskit.quantum_info import Operator

from qjobs.algorithms.noise_evaluation.evaluation import judge
from qjobs.algorithms.noise_evaluation.readout import flips, folded, read_right, without_noise
from qjobs.algorithms.noise_evaluation.trial import Trial, TrialTooLarge, rows_that_fit, settings
from qjobs.algorithms.registry import algorithm_of
from qjobs.engines.measuring import AerMeter
from qjobs.spec.noise import Noise, NoiseEvaluation
from tests.vectors.qjobs.energies import energy_spec
from tests.vectors.qjobs.measured import overlap


def test_readout_flips_are_divided_out_exactly():
    circuit, rows = overlap(qubits=3, rows=5)
    misread = AerMeter(Noise(one_qubit_error=0, two_qubit_error=0, readout_error=0.08))

    wrong = flips(misread.readout_chances(circuit))
    right = read_right(misread.chances(circuit, rows)[None], wrong)

    assert np.abs(wrong - 0.08).max() < 1e-12
    assert np.abs(right[0] - AerMeter().chances(circuit, rows)).max() < 1e-12


def test_flips_of_each_qubit_are_told_apart():
    ends = np.array([[90, 10, 0, 0], [0, 0, 20, 80]])

    assert flips(ends) == pytest.approx(np.array([[[0.1, 0.2], [0.0, 0.0]]]))


def test_a_folded_circuit_does_the_same_with_three_times_the_gates():
    circuit, rows = overlap(qubits=2, rows=1)
    bound = circuit.assign_parameters(rows[0])

    assert Operator(folded(bound)).equiv(Operator(bound))
    counted = [each.decompose(reps=4).count_ops().get("cx", 0) for each in (bound, folded(bound))]
    assert counted[1] == 3 * counted[0] > 0


def test_extrapolation_takes_out_what_grows_with_the_noise():
    assert without_noise(np.array([0.9]), np.array([0.7])) == pytest.approx(np.array([1.0]))


def test_mitigation_comes_nearer_to_the_exact_energy():
    noise = {"one_qubit_error": 0.001, "two_qubit_error": 0.02, "readout_error": 0.05}
    asked = {"device": {"engine": "aer", "noise": noise}, "shots": 20_000}
    spec = energy_spec(qubits=2, noise_evaluation=asked)

    vqe = algorithm_of(spec)
    found = vqe.run(spec, vqe.load(spec, {}), lambda event: None, lambda: False).metrics["noise_evaluation"]

    errors = {name: each["mean_error"] for name, each in found["values"].items()}
    assert errors["ideal"] == 0.0
    assert errors["device"] > 2 * errors["readout_mitigated"] > 2 * errors["zero_noise"]
    assert found["readout_error"] == pytest.approx(0.05, abs=0.01)
    low, high = found["values"]["zero_noise"]["interval"]
    assert low < found["values"]["ideal"]["score"] < high
    assert high - low > np.diff(found["values"]["readout_mitigated"]["interval"])[0]


def test_rows_are_picked_evenly_and_no_more_than_a_result_may_hold():
    evaluation = NoiseEvaluation(rows=16)

    assert rows_that_fit(evaluation, 40, 4, 100).tolist() == [number * 100 // 16 for number in range(16)]
    assert len(rows_that_fit(evaluation, 40, 10, 100)) == 6
    assert rows_that_fit(evaluation, 1, 2, 3).tolist() == [0, 1, 2]


def test_a_trial_with_too_many_outcomes_is_refused_with_both_numbers():
    circuit, _ = overlap(qubits=9, rows=1)
    angles = np.zeros((600, 18))
    trial = Trial((circuit,), angles, lambda chances: chances[0, :, 0], float, "accuracy", 600)

    with pytest.raises(TrialTooLarge, match=r"600 circuits of 9 qubits have 307200 outcomes.*262144"):
        settings(NoiseEvaluation(), trial)


def test_a_run_that_is_stopped_stops_between_settings():
    spec = energy_spec(qubits=2, noise_evaluation={"shots": 10})
    vqe, told = algorithm_of(spec), []

    with pytest.raises(Exception, match="stopped after"):
        vqe.run(spec, vqe.load(spec, {}), told.append, lambda: any(each.stage == "noise" for each in told))

    assert [each.message for each in told if each.stage == "noise"] == ["measuring: shots"]


def test_strangers_metrics_are_read_whatever_their_numbers_where_the_measurements_are_kept_back():
    """A number that canonical JSON cannot hold must not keep the check from ending."""
    spec = energy_spec(qubits=2, noise_evaluation={"shots": 10})
    posted = {"metrics.json": b'{"score": 9007199254740993}'}

    judged = judge(spec, lambda asked: pytest.fail("nothing is tried"), posted)

    assert json.loads(judged.files["metrics.json"]) == {"score": 9007199254740993}
    assert [finding.agrees for finding in judged.findings] == [None]
