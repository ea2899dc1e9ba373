"""A job on private data: CANNOT CHECK names what is missing, the auditor's own key gives MATCH."""

import io

import pytest
from threadpoolctl import threadpool_limits

from qjobs.verification import Auditor, verify_job
from storage.age.keys import Identity
from storage.age.vault import rewrapped, seal_apart
from tests.unit.qjobs.verification.posted_jobs import IRISES, Posted

KEEPER, AUDITOR = Identity(bytes(range(32))), Identity(bytes(range(1, 33)))


class PrivatelyPosted(Posted):
    """The same job, whose rows lie on IPFS sealed."""

    def __init__(self, folder) -> None:
        apart = seal_apart(io.BytesIO(IRISES), [KEEPER.recipient])
        self.key_header = apart.key_header
        super().__init__(folder, kept=b"".join(apart.pieces))


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    with threadpool_limits(limits=1):
        yield PrivatelyPosted(tmp_path_factory.mktemp("posted"))


def missing_of(report) -> dict[str, str]:
    return {check.field: check.note for check in report.missing}


def released_to(identity: Identity, posted: PrivatelyPosted, folder) -> Auditor:
    file = folder / "dataset-1.age"
    file.write_bytes(rewrapped(posted.key_header, [KEEPER], [identity.recipient]) + b"not looked at")
    return Auditor((AUDITOR,), {1: file})


def test_stranger_is_told_which_rows_are_private_and_who_gets_them(posted):
    report = verify_job(posted.facts, posted.blocks)

    missing = missing_of(report)
    assert report.verdict == "CANNOT_CHECK", [str(check) for check in report.mismatches]
    assert "a download pass entitles to it" in missing["dataset:1 rows"]
    assert "training" in missing


def test_auditor_with_a_released_file_and_its_own_key_rebuilds_everything(posted, tmp_path):
    report = verify_job(posted.facts, posted.blocks, auditor=released_to(AUDITOR, posted, tmp_path))

    assert report.verdict == "MATCH", [str(check) for check in report.mismatches + report.missing]
    assert len(report.checks) > len(verify_job(posted.facts, posted.blocks).checks)


def test_file_that_was_released_to_somebody_else_names_the_key_as_missing(posted, tmp_path):
    report = verify_job(posted.facts, posted.blocks, auditor=released_to(KEEPER, posted, tmp_path))

    assert "is not sealed to your key" in missing_of(report)["dataset:1 rows"]


def test_key_of_another_file_does_not_open_the_rows(posted, tmp_path):
    other = seal_apart(io.BytesIO(IRISES), [AUDITOR.recipient])
    file = tmp_path / "dataset-1.age"
    file.write_bytes(other.key_header)

    report = verify_job(posted.facts, posted.blocks, auditor=Auditor((AUDITOR,), {1: file}))

    assert "does not open the data" in missing_of(report)["dataset:1 rows"]
