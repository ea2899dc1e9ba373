import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.qsvm.job import run_qsvm
from qjobs.algorithms.table import read_table
from qjobs.records import sign
from qjobs.spec import canonical_bytes
from qjobs.verification import DatasetVersionFacts, ParentFacts, verify_job
from storage.cid import RAW
from tests.unit.qjobs.verification.posted_jobs import IRISES, Posted, fields
from tests.vectors.qjobs.specs import small_spec, write_csv


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    with threadpool_limits(limits=1):
        yield Posted(tmp_path_factory.mktemp("posted"))


@pytest.fixture
def lying(tmp_path):
    """A job whose executor may change files before everything is signed and posted."""
    return Posted(tmp_path)


def override(folder: Path, name: str, content: bytes) -> dict[str, Path]:
    path = folder / "copy"
    path.write_bytes(content)
    return {name: path}


def test_an_honest_job_matches_in_every_part(posted):
    report = verify_job(posted.facts, posted.blocks)

    assert report.verdict == "MATCH", [str(check) for check in report.mismatches + report.missing]
    assert {
        "approval",
        "request",
        "spec.json",
        "manifest.json",
        "run_record.json signature",
        "metrics.json",
    } <= {check.field for check in report.checks}
    assert "model.safetensors optimality" in {check.field for check in report.checks}
    assert "circuit.qpy circuit" in {check.field for check in report.checks}


def test_checks_are_told_as_they_are_made_and_the_report_is_json(posted):
    told = []

    report = verify_job(posted.facts, posted.without_rows, on_check=told.append)

    assert tuple(told) == report.checks
    assert json.loads(json.dumps(report.as_json()))["verdict"] == "CANNOT_CHECK"


def test_an_unchanged_copy_matches(posted, tmp_path):
    copies = override(tmp_path, "model.safetensors", posted.files["model.safetensors"])

    assert not verify_job(posted.facts, posted.without_qpy, copies).mismatches


def test_one_flipped_byte_of_the_model_is_named_with_its_hash_and_its_entry(posted, tmp_path):
    block = bytearray(posted.files["model.safetensors"])
    block[-2] ^= 0x40
    copies = override(tmp_path, "model.safetensors", bytes(block))

    report = verify_job(posted.facts, posted.without_qpy, copies)

    assert report.verdict == "MISMATCH"
    first = next(check for check in report.mismatches if check.field == "model.safetensors")
    assert first.note == f"1 byte differs, the first at {len(block) - 2}"
    assert first.expected != first.found
    assert first.expected.startswith("sha256 ")
    assert len(fields(report)) == 2
    assert all(field.startswith("model.safetensors") for field in fields(report))


def test_a_flipped_byte_in_the_models_header_is_named_although_nothing_parses(posted, tmp_path):
    block = bytearray(posted.files["model.safetensors"])
    block[3] ^= 0xFF
    copies = override(tmp_path, "model.safetensors", bytes(block))

    report = verify_job(posted.facts, posted.without_qpy, copies)

    assert [check.found for check in report.mismatches] == [report.mismatches[0].found, "unreadable"]


def test_one_changed_metric_in_a_copy_is_named_by_field_with_both_values(posted, tmp_path):
    metrics = json.loads(posted.files["metrics.json"])
    true = metrics["splits"][2]["quantum"]["accuracy"]
    metrics["splits"][2]["quantum"]["accuracy"] = 0.9912
    copies = override(tmp_path, "metrics.json", json.dumps(metrics).encode())

    report = verify_job(posted.facts, posted.without_qpy, copies)

    named = next(check for check in report.mismatches if "splits" in check.field)
    assert (named.field, named.found, named.expected) == (
        "metrics.json splits[2].quantum.accuracy",
        "0.9912",
        f"{true:.4f}",
    )
    assert fields(report) == {"metrics.json", named.field}


def test_two_tampered_copies_are_both_named(posted, tmp_path):
    metrics = json.loads(posted.files["metrics.json"])
    metrics["splits"][0]["rbf_all"]["accuracy"] = 0.5
    (tmp_path / "metrics").write_text(json.dumps(metrics))
    (tmp_path / "card").write_bytes(posted.files["README.md"].replace(b"Kernel test", b"Kernel best"))

    report = verify_job(
        posted.facts,
        posted.without_qpy,
        {"metrics.json": tmp_path / "metrics", "README.md": tmp_path / "card"},
    )

    assert fields(report) == {
        "metrics.json",
        "metrics.json splits[0].rbf_all.accuracy",
        "README.md",
        "README.md line 1",
    }


@pytest.mark.parametrize(
    ("model", "baseline"),
    [("quantum", "accuracy"), ("linear_all", "balanced_accuracy"), ("rbf_reduced", "accuracy")],
)
def test_a_lie_in_the_metrics_is_found_although_every_hash_and_signature_is_right(
    lying, tmp_path, model, baseline
):
    metrics = json.loads(lying.files["metrics.json"])
    metrics["splits"][1][model][baseline] = 0.999
    lying.files["metrics.json"] = json.dumps(metrics).encode()
    lying.publish(tmp_path)

    report = verify_job(lying.facts, lying.without_qpy)

    assert fields(report) == {f"metrics.json splits[1].{model}.{baseline}"}


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("dual_coef", "model.safetensors optimality"),
        ("intercept", "model.safetensors optimality"),
        ("support_vectors", "model.safetensors support_vectors[0,0]"),
        ("kernel_sample", "model.safetensors kernel_sample[0,0]"),
        ("bandwidth", "model.safetensors bandwidth"),
        ("c", "model.safetensors c"),
    ],
)
def test_a_model_that_was_not_trained_so_is_found(lying, tmp_path, name, field):
    arrays = load(lying.files["model.safetensors"])
    arrays[name] = np.ascontiguousarray(arrays[name] * 1.001)
    lying.files["model.safetensors"] = save(arrays)
    lying.publish(tmp_path)

    assert field in fields(verify_job(lying.facts, lying.without_qpy))


def test_another_circuit_or_preprocessing_is_found(lying, tmp_path):
    lying.files["circuit.qasm"] = (
        lying.files["circuit.qasm"]
        .replace(b"p(2*_x_00_)", b"p(3*_x_00_)")
        .replace(b"p(2*x_00)", b"p(3*x_00)")
    )
    reduction = json.loads(lying.files["preprocessing.json"])
    reduction["mean"][2] += 0.001
    lying.files["preprocessing.json"] = json.dumps(reduction).encode()
    lying.publish(tmp_path)

    found = fields(verify_job(lying.facts, lying.blocks))

    assert "preprocessing.json mean[2]" in found
    assert any(field.startswith("circuit.qasm line") for field in found)
    assert "circuit.qpy circuit" in found


@pytest.mark.parametrize("content", [b"QISKIT", b"\x80\x04\x95junk", b""])
def test_a_circuit_file_that_is_no_qpy_of_this_version_is_not_a_match(lying, tmp_path, content):
    lying.files["circuit.qpy"] = content
    lying.publish(tmp_path)

    assert verify_job(lying.facts, lying.blocks).verdict != "MATCH"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"approved_digest": None}, "approval"),
        ({"approved_digest": "0x" + "00" * 32}, "approval"),
        ({"chain_id": 1}, "spec chain_id"),
        ({"dataset_token": "0x" + "99" * 20}, "spec dataset_token"),
        ({"datasets": (DatasetVersionFacts(1, 1, RAW, "0x" + "00" * 32),)}, "dataset:1 version 1"),
        ({"signing_key": "0x" + "00" * 32}, "run_record.json signature"),
        ({"executor": "0x" + "12" * 20}, "run_record.json builder"),
        ({"epoch": 2}, "run_record.json epoch"),
        ({"job_id": 8}, "run_record.json job_id"),
        ({"metrics_digest": "0x" + "00" * 32}, "metrics digest"),
        ({"model": None}, "model token"),
    ],
)
def test_a_chain_fact_that_differs_is_named(posted, change, field):
    report = verify_job(replace(posted.facts, **change), posted.without_rows)

    assert field in fields(report)


@pytest.mark.parametrize(("field", "value"), [("qubits", 5), ("pay_per_task", 1), ("dataset_ids", (9,))])
def test_a_request_that_differs_from_the_spec_is_named(posted, field, value):
    facts = replace(posted.facts, request=replace(posted.facts.request, **{field: value}))

    assert fields(verify_job(facts, posted.without_rows)) == {f"request {field}"}


def test_a_model_token_with_another_parent_is_named(posted):
    facts = replace(posted.facts, model=replace(posted.facts.model, parents=(4,)))

    assert fields(verify_job(facts, posted.without_rows)) == {"model token parents"}


def test_a_kernel_machine_that_names_a_parent_matches_without_a_word_of_it_in_its_record(lying, tmp_path):
    lying.spec = lying.spec.model_copy(update={"parent_models": (3,)})
    lying.parent_facts = (ParentFacts(3, "0x" + "ab" * 32, "0x" + "cd" * 32),)
    lying.files = dict(run_qsvm(lying.spec, read_table(lying.spec, {1: write_csv(tmp_path, IRISES)})).files)
    lying.publish(tmp_path)

    assert fields(verify_job(lying.facts, lying.without_qpy)) == set()


def test_missing_rows_cannot_be_checked_and_the_rest_still_is(posted):
    report = verify_job(posted.facts, posted.without_rows)

    assert report.verdict == "CANNOT_CHECK"
    assert {check.field for check in report.missing} == {"dataset:1", "training", "circuit.qpy"}
    assert "run_record.json signature" in {check.field for check in report.checks}


def test_a_missing_spec_or_result_cannot_be_checked(posted):
    without_spec = verify_job(posted.facts, posted.blocks.without(canonical_bytes(posted.spec)))
    unposted = replace(
        posted.facts, artefact_digest=None, metrics_digest=None, run_record_digest=None, model=None, state=3
    )

    assert "spec.json" in {check.field for check in without_spec.missing}
    assert {"result", "run_record.json"} <= {
        check.field for check in verify_job(unposted, posted.without_rows).missing
    }


def test_changed_rows_in_a_copy_are_named_and_the_result_still_matches_the_true_ones(posted, tmp_path):
    copies = override(tmp_path, "dataset:1", IRISES.replace(b"7.0,", b"9.0,", 1))

    report = verify_job(posted.facts, posted.without_qpy, copies)

    assert fields(report) == {"dataset:1"}
    assert report.mismatches[0].note.startswith("1 byte differs")


def test_a_changed_spec_in_a_copy_is_named_by_field(posted, tmp_path):
    spec = small_spec(IRISES, qubits=3, seed=8)
    copies = override(tmp_path, "spec.json", canonical_bytes(spec))

    found = fields(verify_job(posted.facts, posted.without_rows, copies))

    assert found == {"spec.json", "spec.json qubits", "spec.json seed", "request qubits"}


def test_a_forged_record_in_a_copy_is_named_by_signature_and_claim(posted, tmp_path):
    statement = json.loads(base64.b64decode(json.loads(posted.envelope)["payload"]))
    statement["predicate"]["buildDefinition"]["externalParameters"]["job_id"] = "8"
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    copies = override(tmp_path, "run_record.json", sign(json.dumps(statement).encode(), stranger))

    found = fields(verify_job(posted.facts, posted.without_rows, copies))

    assert found == {"run_record.json", "run_record.json signature", "run_record.json job_id"}


def test_a_changed_manifest_in_a_copy_is_named_by_file(posted, tmp_path):
    copies = override(tmp_path, "manifest.json", posted.manifest.replace(b'"size":', b'"size":1', 1))

    found = fields(verify_job(posted.facts, posted.without_rows, copies))

    assert found == {"manifest.json", "manifest.json README.md"}
