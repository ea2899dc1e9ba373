import hashlib
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from common.strict_json import NotJson, strict_loads
from qjobs.spec import SpecRefused, build_spec, canonical_bytes, read_spec, spec_cid, spec_digest
from tests.vectors.qjobs.specs import spec_fields

VECTOR = Path(__file__).parents[3] / "vectors" / "qjobs" / "job_spec.json"


def refusal_of(**changes) -> SpecRefused:
    with pytest.raises(SpecRefused) as refused:
        build_spec(spec_fields(**changes))
    return refused.value


def dataset(**changes):
    return {**spec_fields()["datasets"][0], **changes}


def columns(**changes):
    return dataset(columns={**dataset()["columns"], **changes})


def test_a_spec_reads_back_from_its_canonical_bytes():
    spec = build_spec(spec_fields())

    assert read_spec(canonical_bytes(spec)) == spec


def test_the_digest_is_the_hash_of_the_canonical_bytes_and_the_cid_names_the_same_block():
    spec = build_spec(spec_fields())

    assert spec_digest(spec) == "0x" + hashlib.sha256(canonical_bytes(spec)).hexdigest()
    assert spec_cid(spec).digest_hex == spec_digest(spec)
    assert spec_cid(spec).is_of(canonical_bytes(spec))


def test_the_digest_does_not_depend_on_key_order_number_form_or_address_case():
    fields = spec_fields(algorithm={"c_grid": [1, 10]}, dataset_token="0x" + "aB" * 20)
    twin = dict(
        reversed(list(spec_fields(algorithm={"c_grid": [1.0, 10.0]}, dataset_token="0x" + "Ab" * 20).items()))
    )

    assert spec_digest(build_spec(fields)) == spec_digest(build_spec(twin))


def test_the_digest_of_the_shared_vector_never_changes():
    vector = json.loads(VECTOR.read_text())

    assert spec_digest(build_spec(vector["fields"])) == vector["digest"]


def test_a_form_of_pre_processing_that_is_voted_for_stands_in_the_document_and_none_leaves_it_out():
    named = build_spec(spec_fields(preprocessing={"schema_version": "qommons/preprocessing/2"}))

    assert read_spec(canonical_bytes(named)) == named
    assert b'"preprocessing":{"angle_high":1,"angle_low":-1,"reduction":"pca","schema_version"' in (
        canonical_bytes(named)
    )
    assert canonical_bytes(build_spec(spec_fields())).count(b'"schema_version"') == 1
    assert "schema_version" in str(refusal_of(preprocessing={"schema_version": "qommons/preprocessing/1"}))


def test_a_spec_is_frozen():
    with pytest.raises(ValidationError):
        build_spec(spec_fields()).qubits = 3


def test_forty_qubits_are_refused_with_the_memory_and_the_limit():
    refusal = refusal_of(qubits=40)

    assert str(refusal) == "qubits: 40 qubits need 16 TiB for one state; the limit is 20"
    assert refusal.field == "qubits"


def test_more_qubits_than_the_spec_itself_allows_are_refused_and_as_many_are_taken():
    names = [f"f{number}" for number in range(8)]
    limits = {"qubits": 4}

    assert build_spec(spec_fields(qubits=4, limits=limits, datasets=[columns(features=names)])).qubits == 4
    assert "5 qubits need 512 bytes for one state; the limit is 4" in str(
        refusal_of(qubits=5, limits=limits, datasets=[columns(features=names)])
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"surprise": 1}, "surprise"),
        ({"qubits": 1}, "at least 2 qubits"),
        ({"qubits": 2.5}, "qubits"),
        ({"qubits": 4}, "4 qubits need 4 principal components, the data has 3 features"),
        ({"shots": 100}, "shots"),
        ({"engine": "aer"}, "engine"),
        ({"seed": -1}, "seed"),
        ({"seed": float("nan")}, "is not JSON"),
        ({"chain_id": 2**60}, "write it as a string"),
        ({"chain_id": 1.0}, "write it as a string"),
        ({"chain_id": "031337"}, "decimal string"),
        ({"chain_id": str(2**256)}, "2**256 - 1"),
        ({"dataset_token": "0x12"}, "dataset_token"),
        ({"feature_map": {"reps": -1}}, "feature_map.reps"),
        ({"algorithm": {"c_grid": [10, 1]}}, "must increase"),
        ({"algorithm": {"c_grid": [0]}}, "greater than 0"),
        ({"preprocessing": {"angle_low": 1, "angle_high": 1}}, "angle_low must be below"),
        ({"splits": {"test_fraction": 0.9}}, "test_fraction"),
        ({"datasets": []}, "datasets"),
        ({"datasets": [dataset(), dataset()]}, "names a dataset twice"),
        ({"datasets": [dataset(), columns(label="other") | {"token_id": "2"}]}, "same columns"),
        ({"datasets": [dataset(content_cid="bafy")]}, "content identifier"),
        ({"datasets": [columns(features=["a", "a", "b"])]}, "'a' twice"),
        ({"datasets": [columns(features=["a", "b", "target"])]}, "also a feature"),
        ({"parent_models": ["3", "3"]}, "names a parent twice"),
        ({"group_columns": ["target"]}, "group column"),
        ({"baselines": {"models": []}}, "baselines.models"),
        ({"limits": {"memory_bytes": 10}}, "limits.memory_bytes"),
    ],
)
def test_a_bad_field_is_refused_by_name(changes, message):
    assert message in str(refusal_of(**changes))


def test_every_problem_is_named_at_once():
    refusal = refusal_of(qubits=40, seed=-1, surprise=True)

    assert {problem.field for problem in refusal.problems} == {"qubits", "seed", "surprise"}


def test_a_block_that_is_not_canonical_is_refused():
    block = canonical_bytes(build_spec(spec_fields()))

    for other in (
        block + b"\n",
        json.dumps(json.loads(block), indent=1).encode(),
        block[:-1] + b',"seed":7}',
    ):
        with pytest.raises(SpecRefused):
            read_spec(other)


def test_a_block_over_one_mebibyte_is_refused_before_it_is_parsed():
    with pytest.raises(SpecRefused, match="the limit is 1048576"):
        read_spec(b" " * (2**20 + 1))


@given(st.integers(min_value=0, max_value=2**256 - 1))
def test_numbers_of_any_size_survive_the_document(number):
    spec = build_spec(spec_fields(budget={"payment_token": "0x" + "22" * 20, "pay_per_task": str(number)}))

    assert read_spec(canonical_bytes(spec)).budget.pay_per_task == number


@given(st.floats(min_value=1e-300, max_value=1e6, allow_nan=False))
def test_every_float_survives_the_document(value):
    spec = build_spec(spec_fields(algorithm={"c_grid": [value]}))

    assert read_spec(canonical_bytes(spec)).algorithm.c_grid == (value,)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_and_nothing_else_happens(block):
    with pytest.raises(SpecRefused):
        read_spec(block)


@pytest.mark.parametrize("block", [b"[" * 100_000, b'{"a":' * 100_000, b'{"spec":NaN}', b"\xff", b"{}x", b""])
def test_hostile_json_is_refused_whatever_the_recursion_limit(block):
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        with pytest.raises(NotJson):
            strict_loads(block)
        with pytest.raises(SpecRefused):
            read_spec(block)
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "a\0b"},
        {"title": "Harmless\nApproved by the site"},
        {"group_columns": ["\0"]},
        {"datasets": [columns(label="\0")]},
        {"datasets": [columns(positive_label="a\0b")]},
    ],
)
def test_text_that_no_database_keeps_or_that_makes_lines_of_its_own_is_refused(changes):
    assert "pattern" in str(refusal_of(**changes))


def test_text_of_any_language_is_kept():
    assert build_spec(spec_fields(title="Größe, 大きさ 💡")).title == "Größe, 大きさ 💡"
