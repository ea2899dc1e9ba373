from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.spec import build_spec, canonical_bytes, differences, estimate, json_schema, request_of
from qjobs.spec.circuit_size import feature_map_gates, size_of
from qjobs.spec.publish import SCHEMA_FILE, schema_text
from tests.vectors.qjobs.specs import spec_fields


@pytest.mark.parametrize("entanglement", ["full", "linear", "circular"])
@pytest.mark.parametrize(
    "fields",
    [
        {"name": "zz", "reps": 1},
        {"name": "zz", "reps": 3},
        {"name": "pauli", "paulis": ["Y", "XZ", "ZZ"]},
        {"name": "pauli", "paulis": ["XY"], "reps": 1},
        {"name": "reuploading", "reps": 4},
        {"name": "angle"},
    ],
)
@pytest.mark.parametrize("qubits", [2, 3, 7])
def test_the_circuit_size_is_that_of_the_circuit_that_is_built(qubits, fields, entanglement):
    shape = {} if fields["name"] == "angle" else {"entanglement": entanglement}
    spec = build_spec(spec_fields(feature_map={**fields, **shape}))
    circuit = feature_map_circuit(qubits, spec.feature_map)

    size = size_of(feature_map_gates(qubits, spec.feature_map))

    two_qubit = sum(1 for gate in circuit if len(gate.qubits) == 2)
    assert (size.depth, size.two_qubit_gates) == (circuit.depth(), two_qubit)
    assert size.one_qubit_gates == circuit.size() - two_qubit


def test_a_small_job_fits_and_carries_at_most_every_row():
    result = estimate(build_spec(spec_fields()), rows=569)

    assert result.refusals == ()
    assert result.rows_carried_max == 569
    assert result.memory_bytes < 2**30


def test_ten_million_rows_are_refused_with_the_memory_and_the_limit():
    refusal = estimate(build_spec(spec_fields()), rows=10**7).refusals[0]

    assert "10000000 rows" in refusal
    assert "728 TiB" in refusal
    assert "the limit is 2 GiB" in refusal


def test_a_run_longer_than_its_limit_is_refused():
    spec = build_spec(spec_fields(limits={"run_seconds": 1}))

    assert any("the limit is 1 s" in refusal for refusal in estimate(spec, rows=2000).refusals)


def test_the_request_made_from_a_spec_does_not_differ_from_it():
    spec = build_spec(spec_fields())

    assert differences(spec, request_of(spec)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dataset_ids", (2,)),
        ("versions", (2,)),
        ("parent_models", (1,)),
        ("tasks", 2),
        ("algorithm", "qpca"),
        ("engine", "aer"),
        ("qubits", 3),
        ("payment_token", "0x" + "33" * 20),
        ("pay_per_task", 1),
        ("run_seconds", 601),
    ],
)
def test_each_field_that_the_chain_repeats_is_compared(field, value):
    spec = build_spec(spec_fields())

    found = differences(spec, replace(request_of(spec), **{field: value}))

    assert [difference.field for difference in found] == [field]


def test_an_address_in_checksum_case_is_no_difference():
    spec = build_spec(spec_fields(budget={"payment_token": "0x" + "ab" * 20, "pay_per_task": "1"}))

    assert differences(spec, replace(request_of(spec), payment_token="0x" + "Ab" * 20)) == []


def test_the_published_schema_is_current():
    assert SCHEMA_FILE.read_text() == schema_text(), "run: python -m qjobs.spec.publish"


def test_the_canonical_document_is_valid_by_the_published_schema():
    validator = Draft202012Validator(json_schema())

    document = build_spec(spec_fields()).model_dump(mode="json")

    assert canonical_bytes(build_spec(document))
    assert validator.is_valid(document)
    assert not validator.is_valid({**document, "surprise": 1})
