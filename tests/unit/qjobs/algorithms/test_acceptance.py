"""The test of the statistical class: honest counts pass at the stated rate, tampered ones do not."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, kstest

from qjobs.algorithms.acceptance import ERROR_RATE, acceptance, acceptance_finding, deviates
from qjobs.engines.measuring import AerMeter, RuntimeMeter
from qjobs.spec.noise import Noise
from tests.vectors.qjobs.measured import overlap, tampered

SHOTS = 1000
FIGURES = Path(__file__).parents[3] / "vectors/qjobs/acceptance_figures.json"
LEVEL = 0.05
SEEDS = 200
POWER_SEEDS = 20
LARGEST_DRIFT = 0.1
"""Of a share from what is written down: another release draws other counts."""


@pytest.fixture(scope="module")
def chances():
    """64 distributions of 16 outcomes, some of which can hardly happen."""
    return np.random.default_rng(3).dirichlet(np.full(16, 0.3), size=64)


def drawn(chances, seed, shots=SHOTS):
    dice = np.random.default_rng([seed, 77])
    return np.array([dice.multinomial(shots, each) for each in chances])


def test_counts_that_were_drawn_as_said_are_refused_as_often_as_is_said(chances):
    found = [acceptance([drawn(chances, seed)], [chances]) for seed in range(300)]

    for question in ("largest", "lean", "scatter"):
        share = np.mean([getattr(each, question) < LEVEL for each in found])
        assert binom.sf(int(share * 300) - 1, 300, LEVEL) > 1e-4, question
    assert kstest([each.lean for each in found], "uniform").pvalue > 1e-4
    assert kstest([each.scatter for each in found], "uniform").pvalue > 1e-4


@pytest.mark.parametrize("name", ["another_model", "one_count", "as_expected", "counted_tenfold", "no_noise"])
def test_tampered_counts_are_refused(chances, name):
    honest = drawn(chances, 5)
    changed = tampered(name, honest, chances, np.random.default_rng(9))

    assert changed.sum(axis=1).tolist() == honest.sum(axis=1).tolist()
    assert acceptance([changed], [chances]).p_value < ERROR_RATE
    assert acceptance([honest], [chances]).p_value > ERROR_RATE


def test_what_cannot_happen_is_refused_and_what_must_happen_passes():
    certain = np.array([[1.0, 0.0, 0.0, 0.0]])

    assert acceptance([np.array([[1000, 0, 0, 0]])], [certain]).p_value > ERROR_RATE
    assert acceptance([np.array([[990, 10, 0, 0]])], [certain]).p_value < ERROR_RATE


def test_last_digits_of_a_chance_decide_nothing():
    near = np.array([[1.0 - 3e-16, 3e-16]])

    assert acceptance([np.array([[100_000, 0]])], [near]).p_value > ERROR_RATE


def test_deviates_of_independent_counts_are_independent(chances):
    z, _ = deviates(drawn(chances, 1), chances)
    again, _ = deviates(drawn(chances, 2), chances)
    count = min(len(z), len(again))

    assert abs(np.corrcoef(z[:count], again[:count])[0, 1]) < 5 / count**0.5


def test_a_finding_says_which_question_was_failed(chances):
    honest, smooth = drawn(chances, 5), np.round(chances * SHOTS).astype(np.int64)

    passed = acceptance_finding("counts", acceptance([honest], [chances]))
    refused = acceptance_finding("counts", acceptance([smooth], [chances]), tests=5)

    assert passed.agrees is True
    assert refused.agrees is False
    assert refused.expected.endswith("p >= 2.0e-07")
    assert refused.note == "the counts scatter too much or too little"


def meters():
    return {"aer": AerMeter(Noise()), "ibm-runtime": RuntimeMeter("fake_manila")}


@pytest.mark.deep
@pytest.mark.parametrize("name", ["aer", "ibm-runtime"])
def test_two_hundred_seeds_on_a_device_are_refused_as_often_as_is_said(name):
    meter, (circuit, rows) = meters()[name], overlap(qubits=3, rows=24)
    chances = meter.chances(circuit, rows)

    found = [
        acceptance([meter.counts(circuit, rows, SHOTS, (seed,))], [chances]).p_value for seed in range(SEEDS)
    ]

    alarms = int(np.sum(np.array(found) < LEVEL))
    assert binom.sf(alarms - 1, SEEDS, LEVEL) > 1e-3
    assert min(found) > ERROR_RATE
    written = json.loads(FIGURES.read_text())["false_alarms"][name]
    assert abs(alarms - written) <= LARGEST_DRIFT * SEEDS


@pytest.mark.deep
def test_power_against_tampered_counts_is_what_is_written_down():
    meter, (circuit, rows) = meters()["aer"], overlap(qubits=3, rows=24)
    chances = meter.chances(circuit, rows)
    written = json.loads(FIGURES.read_text())["power"]

    for name, sizes in written.items():
        for size, share in sizes.items():
            refused = 0
            for seed in range(POWER_SEEDS):
                counts = meter.counts(circuit, rows, SHOTS, (seed,))
                changed = tampered(name, counts, chances, np.random.default_rng(seed), float(size))
                refused += acceptance([changed], [chances]).p_value < ERROR_RATE
            assert abs(refused / POWER_SEEDS - share) <= 2 * LARGEST_DRIFT, (name, size)
