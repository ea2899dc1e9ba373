"""Posted files that nobody gives, and a result that is checked from gathered bytes in a child of its own."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.preprocessing import FirstPreprocessing
from qjobs.algorithms.qsvm.job import run_qsvm
from qjobs.algorithms.result import PREPROCESSING_FILE
from qjobs.algorithms.table import read_table
from qjobs.runner import isolation
from qjobs.runner.errors import RunCrashed, RunOutOfMemory, RunTimedOut
from qjobs.runner.limits import MIB, RunLimits
from qjobs.runner.sealing import ChildKeys
from qjobs.verification import verify_job
from qjobs.verification.gathering import Gathered, gather
from qjobs.verification.isolated import check_isolated
from qjobs.verification.job import is_posted
from qjobs.verification.report import Check, Report
from storage.cid import Cid
from storage.errors import SourceUnavailable
from tests.tools import missing
from tests.unit.qjobs.verification.posted_jobs import IRISES, Blocks, Posted, fields
from tests.vectors.qjobs.specs import small_spec, write_csv

LIMITS = RunLimits(run_seconds=120, memory_bytes=2048 * MIB)


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    with threadpool_limits(limits=1):
        yield Posted(tmp_path_factory.mktemp("posted"))


@pytest.fixture
def folders(tmp_path) -> tuple[Path, Path]:
    given, work = tmp_path / "given", tmp_path / "work"
    given.mkdir()
    work.mkdir()
    return given, work


class Gone:
    """A gateway that is away."""

    def read_block(self, cid: Cid) -> bytes:
        raise SourceUnavailable("the gateway does not answer")

    def open(self, cid: Cid) -> Iterator[bytes]:
        raise SourceUnavailable("the gateway does not answer")


@pytest.mark.parametrize("name", ["manifest.json", "run_record.json", "metrics.json", "README.md"])
def test_posted_file_that_no_source_gives_is_named_as_withheld_and_nothing_is_called_wrong(posted, name):
    kept = {"manifest.json": posted.manifest, "run_record.json": posted.envelope, **posted.files}

    report = verify_job(posted.facts, posted.without_qpy.without(kept[name]))

    assert report.verdict == "CANNOT_CHECK", [str(check) for check in report.mismatches]
    assert name in report.withheld


def test_old_result_whose_form_nobody_can_tell_is_called_wrong_in_nothing(tmp_path):
    """Of columns that stand there twice, the first form made other angles than today's."""
    rows = [line.split(",") for line in IRISES.decode().splitlines()[1:]]
    lines = ["a,b,c,d,target", *(",".join([*row[:2], *row[:2], row[-1]]) for row in rows)]
    old = Posted.__new__(Posted)
    old.kept = "\n".join(lines).encode()
    old.spec = small_spec(old.kept, qubits=4)
    first = old.spec.model_copy(update={"preprocessing": FirstPreprocessing()})
    old.files = dict(run_qsvm(first, read_table(first, {1: write_csv(tmp_path, old.kept)})).files)
    old.publish(tmp_path)

    report = verify_job(old.facts, old.without_qpy.without(old.files[PREPROCESSING_FILE]))

    assert fields(report) == set()
    assert PREPROCESSING_FILE in report.withheld


def test_nothing_is_withheld_where_the_auditor_has_no_rows_or_no_spec_or_no_source_at_all(posted):
    manifest = posted.manifest
    for blocks in (posted.without_rows.without(manifest), Blocks([posted.kept]), Gone()):
        report = verify_job(posted.facts, blocks)

        assert (report.verdict, report.withheld) == ("CANNOT_CHECK", ())


def test_inputs_of_a_job_are_never_for_the_executor_to_keep():
    assert [is_posted(name) for name in ("spec.json", "dataset:1", "model.safetensors")] == [
        False,
        False,
        True,
    ]


def test_result_is_gathered_from_the_first_gateway_that_has_it_and_matches_in_the_child(posted, folders):
    given, work = folders

    gathered = gather(posted.facts, [Gone(), posted.blocks.without(posted.kept), posted.blocks], given)
    report = check_isolated(gathered, work, LIMITS, ChildKeys())

    assert (report["verdict"], report["withheld"], gathered.missing) == ("MATCH", [], {})
    whole = {check.field for check in verify_job(posted.facts, posted.blocks).checks}
    assert {check["field"] for check in report["checks"]} == whole
    assert "circuit.qpy circuit" in whole


def test_gateways_last_word_on_a_missing_file_is_in_the_childs_report(posted, folders):
    given, work = folders
    model = posted.files["model.safetensors"]

    gathered = gather(posted.facts, [posted.without_qpy.without(model), Gone()], given)
    report = check_isolated(gathered, work, LIMITS, ChildKeys())

    assert set(report["withheld"]) == {"model.safetensors", "circuit.qpy"}
    notes = {check["field"]: check["note"] for check in report["checks"]}
    assert notes["model.safetensors"] == "the gateway does not answer"


def test_files_that_drip_until_their_time_is_over_are_left_and_the_rows_are_had_all_the_same(posted, folders):
    given, _ = folders
    clock = itertools.count(0, 400)

    gathered = gather(posted.facts, [posted.blocks], given, posted_seconds=600, clock=lambda: next(clock))

    assert all("was not had within 600 s" in note for note in gathered.missing.values())
    assert len(gathered.missing) == len(posted.files)
    report = verify_job(posted.facts, Gathered.in_folder(given))
    assert set(report.withheld) == set(posted.files)


def test_posted_file_larger_than_any_that_a_run_writes_is_not_had(posted, folders, monkeypatch):
    given, _ = folders
    monkeypatch.setattr(
        "qjobs.verification.gathering.SMALL_OUTPUT_BYTES", len(posted.files["metrics.json"]) - 1
    )

    gathered = gather(posted.facts, [posted.blocks], given)

    assert any("is larger than" in note for note in gathered.missing.values())
    assert "metrics.json" in verify_job(posted.facts, Gathered.in_folder(given)).withheld


@pytest.mark.parametrize("letter", ["\u0001", "é", "\U0001f600"])
def test_report_of_whatever_was_posted_fits_a_block_and_says_the_worst_first(letter):
    text = letter * 10_000
    right = Check("what is right", "MATCH", "", "")
    report = Report(
        (right, *(Check(f"{number}{text}", "MISMATCH", text, text, text) for number in range(5000)))
    )

    brief = report.in_brief()

    fields = [check["field"] for check in brief["checks"]]
    assert len(json.dumps(brief | {"mismatches": fields})) < MIB - 2000
    assert brief["verdict"] == "MISMATCH"
    assert "what is right" not in fields


def test_recheck_reads_nothing_beside_what_was_gathered(posted, folders, tmp_path):
    if "files" not in isolation():
        missing("this machine cannot keep a process to some folders")
    given, work = folders
    gathered = gather(posted.facts, [posted.without_qpy], given)
    rows = given / posted.spec.datasets[0].content_cid
    rows.rename(tmp_path / "elsewhere.csv")
    rows.symlink_to(tmp_path / "elsewhere.csv")

    with pytest.raises(RunCrashed, match="Permission denied"):
        check_isolated(gathered, work, LIMITS, ChildKeys())


def test_recheck_ends_at_the_limits_of_time_and_of_memory(posted, folders):
    given, work = folders
    gathered = gather(posted.facts, [posted.without_qpy], given)

    for name, limits, error in (
        ("slow", RunLimits(1, 2048 * MIB), RunTimedOut),
        ("large", RunLimits(120, 400 * MIB), (RunOutOfMemory, RunCrashed)),
    ):
        (work / name).mkdir()
        with pytest.raises(error):
            check_isolated(gathered, work / name, limits, ChildKeys())
