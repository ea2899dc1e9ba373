"""Specs of VQE: their bytes, words and estimates, and the terms they ask of a dataset."""

import json

import pytest

from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.rules.dataset_terms import Terms, terms_problem
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import canonical_bytes, estimate, read_spec, request_of
from tests.vectors.qjobs.energies import TERMS, as_energy_spec, energy_spec, terms_fields

VQE = ALGORITHMS["vqe"]
SPEC = energy_spec(qubits=3, noise={}, algorithm={"name": "vqe", "restarts": 2, "states": 2})
RING = {"source": "lattice", "model": "heisenberg", "periodic": True, "field": 0.0}


def test_a_spec_goes_through_its_bytes_and_the_request_names_the_algorithm():
    assert read_spec(canonical_bytes(SPEC)) == SPEC
    assert request_of(SPEC).algorithm == "vqe"
    assert request_of(SPEC).dataset_ids == ()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ansatz": {"name": "number-preserving", "occupied": [0, 2]}},
        {"hamiltonian": {"source": "molecule"}, "ansatz": {"name": "ucc-sd"}},
        {"hamiltonian": RING, "ansatz": {"name": "hamiltonian-variational"}},
    ],
)
def test_the_estimate_counts_the_circuits_gates(changes):
    spec = energy_spec(**changes)
    size, circuit = estimate(spec, 0), VQE.circuit(spec)

    two = sum(len(each.qubits) == 2 for each in circuit.data)
    assert (size.two_qubit_gates, size.one_qubit_gates) == (two, len(circuit.data) - two)
    assert size.depth == circuit.depth()
    assert size.rows_carried_max == 0
    assert not size.refusals


def test_the_estimate_grows_with_everything_that_costs():
    seconds = [
        estimate(energy_spec(**changes), 0).cpu_seconds
        for changes in (
            {},
            {"algorithm": {"name": "vqe", "states": 4, "restarts": 8}},
            {"qubits": 14},
            {"qubits": 20},
        )
    ]

    assert seconds == sorted(seconds)
    assert seconds[-1] > 100
    assert "the limit is 600 s" in estimate(energy_spec(qubits=20), 0).refusals[0]


def test_the_words_of_the_job_name_what_decides_its_result():
    words = " ".join(spec_in_words(SPEC))

    for part in ("transverse-field Ising", "chain of 3 spins", "2 lowest", "2 layers", "L-BFGS", "200 times"):
        assert part in words
    assert "0.02 a readout" in words
    assert "HeH+" in " ".join(
        spec_in_words(energy_spec(hamiltonian={"source": "molecule", "name": "helium-hydride"}))
    )
    assert "dataset 1 version 1 as a Hamiltonian" in " ".join(spec_in_words(as_energy_spec(terms_fields())))


def test_a_dataset_whose_rows_may_not_be_in_a_model_allows_the_job():
    terms = Terms(is_retired=False, allow_compute=True, algorithms=(), rows_in_model="never")

    assert terms_problem(terms, "vqe") is None
    spec = as_energy_spec(terms_fields())
    files = VQE.run(spec, VQE.load(spec, {1: TableBytes(TERMS)}), ignore_progress, never_cancel).files
    assert json.loads(files["preprocessing.json"])["terms"] is None
