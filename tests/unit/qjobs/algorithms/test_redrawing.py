"""Counts that a simulated device draws again from the spec's seed, and what rounding may move of them."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import poisson

from qjobs.algorithms.acceptance import ERROR_RATE
from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.measured_kernels import measured_kernels
from qjobs.algorithms.noise_evaluation.measurements import measured
from qjobs.algorithms.noise_evaluation.trial import Trial, settings
from qjobs.algorithms.redrawing import ROUNDING, most_moved, redrawn_finding
from qjobs.engines.environment import differences, drawn_with, environment
from qjobs.engines.measuring import AerMeter
from qjobs.spec.noise import AerDevice, Noise, NoiseEvaluation, RuntimeDevice
from tests.vectors.qjobs.measured import overlap
from tests.vectors.qjobs.specs import small_spec, two_irises_csv

WRITTEN = json.loads((Path(__file__).parents[3] / "vectors/qjobs/drawn_counts.json").read_text())
DRAWN = np.array([[4_000_000, 1_000_000], [2_500_000, 2_500_000]])
MEASURES = {
    "aer": {"engine": "aer"},
    "aer with noise": {"engine": "aer", "noise": {}},
    "fake_manila": {"engine": "ibm-runtime", "backend": "fake_manila"},
}


def not_asked():
    pytest.fail("no chance is needed where the counts are equal, or must be")


@pytest.mark.parametrize("measurements", [10**3, 10**5, 10**7, 10**9, 10**11])
def test_so_many_measurements_may_move_as_rounding_moves_once_in_a_million_results_and_no_more(measurements):
    allowed, mean = most_moved(measurements, 4), 3 * ROUNDING * measurements

    assert poisson.sf(allowed, mean) <= ERROR_RATE
    assert allowed == 0 or poisson.sf(allowed - 1, mean) > ERROR_RATE


def test_rounding_explains_none_of_a_hundred_thousand_and_one_of_ten_million():
    assert [most_moved(count, 2) for count in (10**5, 10**7)] == [0, 1]


@pytest.mark.parametrize(
    ("moved", "agrees", "note"),
    [
        (0, True, "all 10000000 measurements are the same"),
        (1, True, "all but 1 of 10000000 measurements are the same"),
        (2, False, "2 of 10000000 measurements in 1 of 2 circuits differ; rounding explains 1"),
    ],
)
def test_what_was_drawn_again_is_told_with_how_many_measurements_differ(moved, agrees, note):
    posted = DRAWN + np.array([[0, 0], [moved, -moved]])

    found = redrawn_finding("counts", posted, DRAWN, not_asked, versions={"qiskit-aer": "1"})

    assert (found.field, found.agrees, found.note) == ("counts", agrees, note)
    assert (found.elsewhere is None) == agrees


def test_where_versions_differ_the_counts_are_held_against_their_chances():
    posted, chances = DRAWN + np.array([[9, -9], [0, 0]]), DRAWN / DRAWN.sum(axis=1, keepdims=True)

    found = redrawn_finding(
        "counts", posted, DRAWN, lambda: chances, versions={"qiskit-aer": "1"}
    ).elsewhere()

    assert found.field == "counts chances"
    assert found.agrees


@pytest.mark.parametrize("noise", [None, Noise()], ids=["no errors", "errors"])
def test_turned_circuits_move_no_more_measurements_than_the_bounds_between_outcomes_move(noise):
    """Angles turned a million times further than another processor turns them."""
    meter, (circuit, rows), shots = AerMeter(noise), overlap(qubits=2, rows=24), 20_000
    turned = rows + 1e-5 * np.random.default_rng(2).choice([-1, 1], rows.shape)
    counts, other = (meter.counts(circuit, each, shots, (5,)) for each in (rows, turned))
    bounds, others = (meter.chances(circuit, each).cumsum(axis=1)[:, :-1] for each in (rows, turned))

    moved, mean = np.abs(counts - other).sum() // 2, shots * np.abs(bounds - others).sum()

    assert 0 < moved <= poisson.isf(ERROR_RATE, mean)
    assert np.array_equal(counts, meter.counts(circuit, rows + 1e-14, shots, (5,)))


@pytest.fixture
def same_versions():
    if others := differences(WRITTEN["versions"], environment()):
        pytest.skip(f"written with {others}")


@pytest.mark.usefixtures("same_versions")
@pytest.mark.parametrize("name", WRITTEN["counts"])
def test_a_kernel_that_was_posted_before_is_drawn_again_as_it_was(name):
    spec = small_spec(two_irises_csv(), shots=200, **MEASURES[name])
    kernels, rows = measured_kernels(spec), np.random.default_rng(4).uniform(-1, 1, (4, 2))
    program = kernels.compile(feature_map_circuit(spec.qubits, spec.feature_map))
    kernels.gram(program, rows)
    kernels.cross_gram(program, rows[:2], rows[2:])

    assert [each.tolist() for each in kernels.zeros] == WRITTEN["counts"][name]


@pytest.mark.usefixtures("same_versions")
def test_an_evaluation_that_was_posted_before_is_drawn_again_as_it_was():
    circuit, rows = overlap(qubits=2, rows=2)
    trial = Trial((circuit, circuit), rows, lambda chances: chances[0, :, 0], float, "accuracy", 2)
    to_measure = settings(NoiseEvaluation(device=RuntimeDevice()), trial)

    counts = measured(to_measure, shots=50, seed=3, told=lambda name: None)

    assert {name: each.tolist() for name, each in counts.items()} == WRITTEN["evaluation"]


def test_a_fake_backend_is_what_its_package_says_and_a_plain_simulator_does_not_need_it():
    assert drawn_with([None, AerDevice()]) == {
        name: environment()[name] for name in ("system", "machine", "qiskit", "qiskit-aer")
    }
    assert "qiskit-ibm-runtime" in drawn_with([None, RuntimeDevice()])


def test_differences_name_both_versions_and_what_is_not_named():
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "2", "c": "3"}) == ""
    assert differences({"a": "1", "b": "2"}, {"a": "0"}) == "a 0 (here 1), b not named (here 2)"
