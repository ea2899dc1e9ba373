"""Which version a model used: proven without data; every forged link of the chain of digests is named."""

from dataclasses import replace

import pytest

from qjobs.spec import canonical_bytes
from qjobs.verification import DatasetVersionFacts, Report, verify_use
from storage.cid import RAW, raw_cid
from tests.unit.qjobs.verification.posted_jobs import Posted, fields


def version(number: int, content: bytes) -> DatasetVersionFacts:
    return DatasetVersionFacts(1, number, RAW, raw_cid(content).digest_hex)


def said(posted: Posted, used: DatasetVersionFacts, *others: DatasetVersionFacts, blocks=None) -> Report:
    return verify_use(posted.facts, blocks or posted.without_rows, used, others, lambda check: None)


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> Posted:
    return Posted(tmp_path_factory.mktemp("posted"))


def test_used_version_is_proved_and_others_are_excluded_without_the_data(posted: Posted) -> None:
    report = said(posted, version(1, posted.kept), version(2, b"other rows"), version(3, b"still others"))

    assert report.verdict == "MATCH", [str(check) for check in report.checks]
    assert {"dataset 1", "not version 2", "not version 3"} <= {check.field for check in report.checks}


def test_version_that_was_not_used_is_a_mismatch(posted: Posted) -> None:
    report = said(posted, version(2, b"other rows"), version(1, posted.kept))

    assert fields(report) == {"dataset 1"}
    other = DatasetVersionFacts(9, 1, RAW, raw_cid(b"x").digest_hex)
    assert [str(check) for check in said(posted, other).mismatches] == [
        f"MISMATCH dataset 9 ({raw_cid(b'x')}): says not used, expected version 1"
    ]


def test_versions_of_equal_bytes_cannot_be_told_apart_and_that_is_said(posted: Posted) -> None:
    report = said(posted, version(1, posted.kept), version(2, posted.kept))

    assert report.verdict == "CANNOT_CHECK"
    assert [check.field for check in report.missing] == ["not version 2"]


@pytest.mark.attack("S33")
def test_chain_that_names_other_bytes_than_spec_and_record_is_a_mismatch(tmp_path) -> None:
    posted = Posted(tmp_path)
    posted.facts = replace(posted.facts, datasets=(version(1, b"other rows"),))

    wrong = fields(said(posted, version(1, b"other rows")))

    assert wrong == {"dataset:1 version 1", "run_record.json dependency dataset:1@1"}


@pytest.mark.attack("S33")
def test_token_that_names_another_result_is_a_mismatch(posted: Posted) -> None:
    model = replace(posted.facts.model, artefact_digest="0x" + "ab" * 32)
    forged = replace(posted.facts, model=model)

    report = verify_use(forged, posted.without_rows, version(1, posted.kept), (), lambda check: None)

    assert fields(report) == {"model token artefact digest"}


@pytest.mark.fault("F20")
def test_record_and_spec_that_cannot_be_had_are_named(posted: Posted) -> None:
    blocks = posted.without_rows.without(posted.envelope, canonical_bytes(posted.spec))

    report = said(posted, version(1, posted.kept), blocks=blocks)

    assert report.verdict == "CANNOT_CHECK"
    assert {check.field for check in report.missing} == {"run_record.json", "spec.json"}


def test_job_without_a_model_proves_nothing(posted: Posted) -> None:
    unsettled = replace(posted.facts, model=None)

    report = verify_use(unsettled, posted.without_rows, version(1, posted.kept), (), lambda check: None)

    assert [check.field for check in report.missing] == ["model token"]
