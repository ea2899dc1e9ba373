import math

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.qsvm.job import run_qsvm
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.table import read_table
from qjobs.engines.registry import open_engine
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import SpecRefused, build_spec
from tests.vectors.qjobs.specs import small_spec, spec_fields, two_irises_csv, write_csv

IRISES = two_irises_csv()
MAPS = [
    {"name": "zz", "reps": 1},
    {"name": "pauli", "reps": 1, "paulis": ["Z", "XY"]},
    {"name": "angle", "axis": "x"},
    {"name": "reuploading", "reps": 3, "entanglement": "linear"},
]


def of(fields):
    return build_spec(spec_fields(feature_map=fields)).feature_map


@pytest.mark.parametrize("fields", MAPS, ids=lambda fields: fields["name"])
def test_the_kernel_of_every_map_is_that_of_qiskits_own_states(fields):
    circuit = feature_map_circuit(3, of(fields))
    rows = np.random.default_rng(5).uniform(-1, 1, (4, 3))
    states = [np.asarray(Statevector(circuit.assign_parameters(row))) for row in rows]
    expected = [[abs(np.vdot(left, right)) ** 2 for right in states] for left in states]

    engine = open_engine("statevector")

    assert np.abs(engine.gram(engine.compile(circuit), rows) - expected).max() < 1e-12


@pytest.mark.parametrize("fields", MAPS, ids=lambda fields: fields["name"])
def test_a_job_with_any_map_runs_and_its_certificate_agrees(tmp_path, fields):
    spec = small_spec(IRISES, feature_map=fields)
    table = read_table(spec, {1: write_csv(tmp_path, IRISES)})

    files = run_qsvm(spec, table).files
    findings = list(ALGORITHMS["qsvm"].certify(spec, table, files, lambda event: None))

    assert findings
    assert all(finding.agrees for finding in findings)


def test_a_posted_circuit_of_another_map_is_named(tmp_path):
    spec, other = (small_spec(IRISES, feature_map=fields) for fields in MAPS[:2])
    table = read_table(spec, {1: write_csv(tmp_path, IRISES)})
    files = {**run_qsvm(spec, table).files, "circuit.qasm": run_qsvm(other, table).files["circuit.qasm"]}

    wrong = [
        each for each in ALGORITHMS["qsvm"].certify(spec, table, files, lambda event: None) if not each.agrees
    ]

    assert [finding.field.split()[0] for finding in wrong] == ["circuit.qasm"]


def test_one_qubit_is_enough_for_angles_alone():
    assert build_spec(spec_fields(qubits=1, feature_map={"name": "angle"})).qubits == 1
    with pytest.raises(SpecRefused, match="the reuploading feature map entangles at least 2 qubits"):
        build_spec(spec_fields(qubits=1, feature_map={"name": "reuploading"}))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "fourier"}, "feature_map"),
        ({"name": "pauli", "paulis": []}, "feature_map.paulis"),
        ({"name": "pauli", "paulis": ["ZZZZ"]}, "feature_map.paulis"),
        ({"name": "angle", "reps": 2}, "feature_map.reps"),
        ({"name": "reuploading", "reps": 13}, "feature_map.reps"),
        ({"name": "zz", "reps": math.pi}, "feature_map.reps"),
        ([], "feature_map"),
        (None, "feature_map"),
    ],
)
def test_a_map_that_is_none_of_ours_is_refused_by_field(fields, problem):
    with pytest.raises(SpecRefused) as refused:
        build_spec(spec_fields(feature_map=fields))

    assert refused.value.problems[0].field.startswith(problem)


@pytest.mark.parametrize("fields", MAPS, ids=lambda fields: fields["name"])
def test_the_words_of_a_spec_name_its_map(fields):
    assert any(
        f"{fields['name']} feature map" in line
        for line in spec_in_words(small_spec(IRISES, feature_map=fields))
    )


def test_an_algorithm_that_nobody_knows_is_refused_with_those_that_are():
    with pytest.raises(SpecRefused, match=r"algorithm\.name: is none of qsvm"):
        build_spec(spec_fields(algorithm={"name": "magic"}))
