import base64
import hashlib
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qjobs.records import (
    DatasetInput,
    EnvelopeRefused,
    ManifestRefused,
    RunFacts,
    SignatureWrong,
    describe_files,
    digest_of,
    manifest_bytes,
    read_manifest,
    run_record,
    sign,
    verify_envelope,
)
from storage.cid import raw_cid

METRICS = b'{"accuracy":1}'
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
FACTS = RunFacts(
    chain_id=31337,
    job_board="0x" + "Ab" * 20,
    job_id=2**200,
    task=0,
    epoch=1,
    executor="0x" + "Cd" * 20,
    spec_digest="0x" + "11" * 32,
    spec_cid="bafkspec",
    datasets=(DatasetInput(1, 2, "bafkdata", "0x" + "22" * 32),),
    started_at=1_760_000_000,
    finished_at=1_760_000_004,
    isolation="network",
    environment={"numpy": "2"},
)


@pytest.fixture
def entries(tmp_path):
    contents = {"metrics.json": METRICS, "model.safetensors": bytes(3 * 2**20)}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return describe_files({name: tmp_path / name for name in contents})


@pytest.fixture
def statement(entries):
    return run_record(FACTS, manifest_bytes(entries), METRICS)


def test_a_manifest_names_each_file_by_cid_size_and_hash_and_reads_back(entries):
    block = manifest_bytes(entries)

    assert read_manifest(block) == entries
    assert entries["metrics.json"].cid == str(raw_cid(METRICS))
    assert entries["metrics.json"].sha256 == hashlib.sha256(METRICS).hexdigest()
    assert entries["model.safetensors"].size == 3 * 2**20
    assert digest_of(block) == raw_cid(block).digest_hex


def test_a_sealed_file_is_named_in_a_manifest_of_the_second_form_and_other_manifests_stay_as_they_were(
    entries,
):
    sealed = {**entries, "model.safetensors": replace(entries["model.safetensors"], plain_digest="ab" * 32)}

    block = manifest_bytes(sealed)

    assert read_manifest(block) == sealed
    assert [name for name, entry in read_manifest(block).items() if entry.is_sealed] == ["model.safetensors"]
    assert json.loads(block)["schema"] == "qommons/artefact/2"
    plain = json.loads(manifest_bytes(entries))
    assert plain["schema"] == "qommons/artefact/1"
    assert {frozenset(fields) for fields in plain["files"].values()} == {frozenset({"cid", "size", "sha256"})}


def test_a_manifest_does_not_depend_on_the_order_of_its_files(entries):
    assert manifest_bytes(dict(reversed(entries.items()))) == manifest_bytes(entries)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(schema="other"),
        lambda document: document.update(extra=1),
        lambda document: document["files"].update({"../../etc/passwd": document["files"]["metrics.json"]}),
        lambda document: document["files"]["metrics.json"].update(size=-1),
        lambda document: document["files"]["metrics.json"].update(size=True),
        lambda document: document["files"]["metrics.json"].update(sha256="AB"),
        lambda document: document["files"]["metrics.json"].update(cid="bafy"),
        lambda document: document["files"]["metrics.json"].update(cid=None),
        lambda document: document["files"]["metrics.json"].pop("cid"),
        lambda document: document.update(files=[]),
        lambda document: document.update(schema="qommons/artefact/2"),
        lambda document: document["files"]["metrics.json"].update(plain_digest="ab" * 32),
        lambda document: document["files"]["metrics.json"].update(plain_digest=""),
        lambda document: document["files"]["metrics.json"].update(plain_digest=7),
    ],
)
def test_a_wrong_manifest_is_refused(entries, change):
    document = json.loads(manifest_bytes(entries))
    change(document)

    with pytest.raises(ManifestRefused):
        read_manifest(json.dumps(document, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize("block", [b"", b"[]", b"\xff", b"[" * 100_000, b" " * (2**20 + 1)])
def test_a_block_that_is_no_manifest_is_refused(block):
    with pytest.raises(ManifestRefused):
        read_manifest(block)


def test_a_run_record_is_an_in_toto_statement_with_slsa_provenance(statement, entries):
    document = json.loads(statement)

    assert document["_type"] == "https://in-toto.io/Statement/v1"
    assert document["predicateType"] == "https://slsa.dev/provenance/v1"
    assert [subject["name"] for subject in document["subject"]] == [
        "artefact.json",
        "metrics.json",
        "model.safetensors",
    ]
    assert document["subject"][0]["digest"]["sha256"] == digest_of(manifest_bytes(entries)).removeprefix("0x")
    definition = document["predicate"]["buildDefinition"]
    assert definition["externalParameters"]["job_id"] == str(2**200)
    assert [each["name"] for each in definition["resolvedDependencies"]] == ["spec", "dataset:1@2"]
    assert document["predicate"]["runDetails"]["metadata"]["startedOn"] == "2025-10-09T08:53:20Z"


def test_metrics_that_the_manifest_does_not_name_make_no_record(entries):
    with pytest.raises(ManifestRefused, match="other metrics"):
        run_record(FACTS, manifest_bytes(entries), b"{}")


def test_a_signed_record_verifies_and_is_the_same_bytes_each_time(statement):
    envelope = sign(statement, KEY)

    assert verify_envelope(envelope, PUBLIC) == json.loads(statement)
    assert sign(statement, KEY) == envelope


def test_the_signature_of_a_stranger_is_refused(statement):
    with pytest.raises(SignatureWrong):
        verify_envelope(sign(statement, STRANGER), PUBLIC)


@pytest.mark.attack("S33")
def test_a_changed_payload_is_refused(statement):
    envelope = json.loads(sign(statement, KEY))
    changed = statement.replace(b'"task":0', b'"task":1')
    assert changed != statement
    envelope["payload"] = base64.b64encode(changed).decode()

    with pytest.raises(SignatureWrong):
        verify_envelope(json.dumps(envelope).encode(), PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"payloadType": "text/plain"},
        {"payload": "%%"},
        {"payload": None},
        {"signatures": 3},
        {"signatures": [{}]},
    ],
)
def test_a_malformed_envelope_is_refused(statement, change):
    envelope = {**json.loads(sign(statement, KEY)), **change}

    with pytest.raises(EnvelopeRefused):
        verify_envelope(json.dumps(envelope).encode(), PUBLIC)


def test_an_envelope_without_signatures_or_a_key_of_another_length_is_refused(statement):
    envelope = json.loads(sign(statement, KEY))

    with pytest.raises(SignatureWrong):
        verify_envelope(json.dumps({**envelope, "signatures": []}).encode(), PUBLIC)
    with pytest.raises(SignatureWrong):
        verify_envelope(sign(statement, KEY), PUBLIC[:31])
