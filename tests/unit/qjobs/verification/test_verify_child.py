"""A model that began with another: through the sandboxed child, and verified from blocks alone."""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qnn.parent import ParentFiles
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.records import FileEntry, ParentInput, manifest_bytes
from qjobs.records.parent import weights_entry
from qjobs.runner import RunLimits, RunRefused, run_job
from qjobs.runner.limits import MIB
from qjobs.runner.parent_files import SPEC_NAME, WEIGHTS_NAME
from qjobs.runner.sealing import ChildKeys
from qjobs.spec import ParentRefused, canonical_bytes, spec_digest
from qjobs.spec.qnn import MAX_MODEL_BYTES
from qjobs.verification import DatasetVersionFacts, ParentFacts, verify_job, verify_use
from qjobs.verification.gathering import gather
from qjobs.verification.isolated import check_isolated
from storage.cid import RAW, raw_cid
from tests.unit.qjobs.verification.posted_jobs import Posted, fields
from tests.vectors.qjobs.specs import write_csv
from tests.vectors.qjobs.trained import IRISES, child_spec, parent_spec, qnn_spec

LIMITS = RunLimits(run_seconds=120, memory_bytes=1024 * MIB)
QNN = ALGORITHMS["qnn"]
PARENT = parent_spec()
VERSIONS = ((1, IRISES), (2, b"other rows"))


def never():
    return False


def entry_of(block: bytes, **changes: object) -> FileEntry:
    """What a manifest says of a file with these bytes."""
    cid = raw_cid(block)
    return replace(FileEntry(str(cid), len(block), cid.digest.hex()), **changes)


def manifest_of(weights: bytes, **changes: object) -> bytes:
    return manifest_bytes({"model.safetensors": entry_of(weights, **changes)})


def run(spec, folder, parent, weights):
    """The job in its child, from files of a model that are laid before it."""
    given, work = folder / "parent", folder / "work"
    given.mkdir()
    work.mkdir()
    (given / SPEC_NAME).write_bytes(canonical_bytes(parent))
    (given / WEIGHTS_NAME).write_bytes(weights)
    rows, told = {1: write_csv(folder, IRISES)}, []
    output = run_job(canonical_bytes(spec), rows, work, told.append, never, LIMITS, parent=given)
    return {name: path.read_bytes() for name, path in output.files.items()}


class PostedChild(Posted):
    """One settled job that began with model 3."""

    def __init__(self, folder, weights):
        self.weights, self.kept = weights, IRISES
        self.begin_with(manifest_of(weights))
        self.files = run(self.spec, folder, PARENT, weights)
        self.publish(folder)

    def begin_with(self, manifest, parent=PARENT):
        """The spec, the record and the chain name this manifest of a model of that spec."""
        cid = raw_cid(manifest)
        self.spec = child_spec(parent, manifest)
        self.parents = (ParentInput(3, str(cid), cid.digest_hex),)
        self.parent_facts = (ParentFacts(3, spec_digest(parent), cid.digest_hex),)
        self.parent_blocks = (canonical_bytes(parent), manifest, self.weights)


@pytest.fixture(scope="module")
def weights():
    with threadpool_limits(limits=1):
        rows = QNN.load(PARENT, {9: TableBytes(IRISES)})
        return QNN.run(PARENT, rows, ignore_progress, never_cancel).files["model.safetensors"]


@pytest.fixture(scope="module")
def posted(tmp_path_factory, weights):
    with threadpool_limits(limits=1):
        yield PostedChild(tmp_path_factory.mktemp("child"), weights)


def test_what_the_child_trained_from_its_parent_matches_in_every_part(posted):
    report = verify_job(posted.facts, posted.blocks)

    assert report.verdict == "MATCH", [str(check) for check in report.mismatches + report.missing]
    named = {check.field for check in report.checks}
    assert {
        "model:3 spec",
        "model:3 manifest",
        "model:3 model.safetensors",
        "run_record.json dependency model:3",
        "model token parents",
        "model.safetensors training on all rows",
        "metrics.json",
    } <= named
    (manifest,) = (check for check in report.checks if check.field == "model:3 manifest")
    assert manifest.note.endswith("holds only if it verifies itself, which is not checked here")
    begun = load(posted.files["model.safetensors"])["trail_02"][0]
    assert np.array_equal(begun[:6], load(posted.weights)["weights"])


def test_a_verifier_without_a_network_checks_it_from_what_was_gathered(posted, tmp_path):
    given, work = tmp_path / "given", tmp_path / "work"
    given.mkdir()
    work.mkdir()

    report = check_isolated(gather(posted.facts, [posted.blocks], given), work, LIMITS, ChildKeys())

    assert report["verdict"] == "MATCH", report["checks"][:3]


@pytest.mark.parametrize(
    ("part", "field"),
    [(0, "model:3 spec.json"), (1, "model:3 manifest.json"), (2, "model:3 model.safetensors")],
)
def test_a_parent_that_nobody_has_is_named_as_missing_and_nobody_is_blamed(posted, part, field):
    report = verify_job(posted.facts, posted.without_qpy.without(posted.parent_blocks[part]))

    assert report.verdict == "CANNOT_CHECK"
    assert {check.field for check in report.missing} >= {field, "training"}
    assert report.withheld == ()


def test_which_version_was_used_is_left_open_where_the_parent_has_seen_the_dataset(posted, tmp_path):
    used, other = (DatasetVersionFacts(1, number, RAW, raw_cid(rows).digest_hex) for number, rows in VERSIONS)
    near = PostedChild.__new__(PostedChild)
    vars(near).update(vars(posted))
    near.begin_with(manifest_of(posted.weights), parent=qnn_spec())
    near.publish(tmp_path)

    far_said, near_said = (
        verify_use(each.facts, each.without_qpy, used, [other], lambda check: None) for each in (posted, near)
    )

    assert far_said.verdict == "MATCH", far_said.mismatches + far_said.missing
    assert [check.field for check in near_said.missing] == ["model:3"]
    assert [check.note for check in near_said.checks if check.field == "model:3 manifest"] == [""]


@pytest.mark.attack("S33")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"manifest_digest": "0x" + "ab" * 32}, "model:3 manifest"),
        ({"spec_digest": "0x" + "ab" * 32}, "model:3 spec"),
    ],
)
def test_a_spec_that_names_other_bytes_than_the_chain_is_found(posted, change, field):
    facts = replace(posted.facts, parents=(replace(posted.parent_facts[0], **change),))

    assert field in fields(verify_job(facts, posted.without_qpy))


@pytest.mark.attack("S33")
def test_a_record_that_is_silent_about_the_parent_is_found(posted, tmp_path):
    silent = PostedChild.__new__(PostedChild)
    vars(silent).update(vars(posted), parents=())
    silent.publish(tmp_path)

    assert fields(verify_job(silent.facts, silent.without_qpy)) == {"run_record.json dependency model:3"}


@pytest.mark.attack("S33")
def test_a_model_that_began_with_another_than_the_spec_names_is_found(posted, tmp_path):
    """Every hash and signature is right: the executor swapped the parent's weights before it trained."""
    arrays = load(posted.weights)
    swapped = save({**arrays, "weights": arrays["weights"] + 0.1})
    lying = PostedChild.__new__(PostedChild)
    vars(lying).update(vars(posted))
    files = ParentFiles(canonical_bytes(PARENT), swapped)
    with threadpool_limits(limits=1):
        sample = QNN.read(posted.spec, {1: TableBytes(IRISES)}, files)
        lying.files = QNN.run(posted.spec, sample, ignore_progress, never_cancel).files
    lying.publish(tmp_path)

    found = fields(verify_job(lying.facts, lying.without_qpy))

    assert "model.safetensors training on all rows" in found


@pytest.mark.attack("S31")
def test_a_result_from_a_parent_that_no_honest_run_takes_is_called_wrong(posted, tmp_path):
    lying = PostedChild.__new__(PostedChild)
    vars(lying).update(vars(posted))
    lying.begin_with(manifest_of(posted.weights, size=MAX_MODEL_BYTES + 1))
    lying.publish(tmp_path)

    report = verify_job(lying.facts, lying.without_qpy)

    wrong = next(check for check in report.mismatches if check.field == "training")
    assert wrong.note == "Model 3 has 67108865 bytes of weights; the limit is 67108864."


@pytest.mark.attack("S31")
def test_the_child_refuses_a_hostile_parent_in_words(posted, tmp_path):
    hostile = save({**load(posted.weights), "weights": np.full(6, np.nan)})

    with pytest.raises(RunRefused, match="The parent, model 3: weights holds no finite numbers"):
        run(posted.spec, tmp_path, PARENT, hostile)


def test_weights_are_found_by_the_two_documents(weights):
    assert weights_entry(child_spec(PARENT), canonical_bytes(PARENT), manifest_of(weights)) == entry_of(
        weights
    )


@pytest.mark.attack("S31")
@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (lambda block: manifest_of(block, plain_digest="ab" * 32), "The weights of model 3 are sealed"),
        (
            lambda block: manifest_of(block, size=MAX_MODEL_BYTES + 1),
            "has 67108865 bytes of weights; the limit is",
        ),
        (lambda block: manifest_bytes({"other.json": entry_of(block)}), "Model 3 has no model.safetensors"),
        (lambda block: b"{}", "Model 3 cannot be read: the document is no artefact manifest"),
    ],
)
def test_documents_without_weights_to_begin_with_are_refused_in_words(weights, manifest, words):
    with pytest.raises(ParentRefused, match=words):
        weights_entry(child_spec(PARENT), canonical_bytes(PARENT), manifest(weights))


def test_a_parent_of_another_circuit_is_refused_before_its_manifest_is_read():
    with pytest.raises(ParentRefused, match="readout is mean there and first here"):
        weights_entry(
            child_spec(qnn_spec()), canonical_bytes(parent_spec(algorithm={"readout": "mean"})), b""
        )
