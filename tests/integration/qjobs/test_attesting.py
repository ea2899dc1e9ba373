"""What the jobs worker does in a dispute, over rows alone: once computed, once attested, once closed."""

import json
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from chain.models import IndexCursor, OutboxEntry
from marketplace.store import content_store
from qjobs.executor import attesting
from qjobs.executor.attesting import look_at_dispute
from qjobs.models import Dispute, Recheck
from qjobs.selectors.work import disputes_to_look_at
from storage.cid import Cid
from tests.fakes import dispute_rows, job_rows, rows

pytestmark = pytest.mark.django_db
NAMES = ["verifier-1", "verifier-2"]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Verdicts to come, the first first; each computation takes one. "WITHHELD": no posted file is had."""
    verdicts: list[str] = []

    def compute(dispute: Dispute, *, seconds: int) -> dict[str, object]:
        verdict = verdicts.pop(0)
        withheld = ["manifest.json"] if verdict == "WITHHELD" else []
        verdict = "CANNOT_CHECK" if withheld else verdict
        return {"job_id": str(dispute.job_id), "verdict": verdict, "withheld": withheld}

    monkeypatch.setattr(attesting, "compute_again", compute)
    return verdicts


@pytest.fixture
def dispute(settings, tmp_path) -> Dispute:
    settings.DEPLOYMENT_FILE = tmp_path / "31337.json"
    settings.STORE_DIR = tmp_path / "store"
    settings.VERIFIER_KEY_NAMES = NAMES
    settings.VERIFY_IPFS_URL = "https://gateway.example"
    rows.write_deployment(settings.DEPLOYMENT_FILE)
    rows.add_head()
    job_rows.add_job(1)
    return dispute_rows.add_dispute(1)


def sent(kind: str) -> list[tuple[str, object]]:
    return [(one.sender, one.payload.get("is_right")) for one in OutboxEntry.objects.filter(kind=kind)]


def test_each_key_attests_once_however_often_the_worker_looks(dispute, computed):
    computed.append("MISMATCH")

    for _ in range(3):
        look_at_dispute(dispute.pk)

    assert sorted(sent("attest")) == [(name, False) for name in NAMES]
    assert computed == []


def test_result_that_cannot_be_checked_is_attested_by_nobody_and_computed_again(dispute, computed):
    computed += ["CANNOT_CHECK", "MATCH"]

    look_at_dispute(dispute.pk)
    assert sent("attest") == []
    Recheck.objects.update(retry_at=Now() - timedelta(seconds=1))
    look_at_dispute(dispute.pk)

    assert sorted(sent("attest")) == [(name, True) for name in NAMES]


def look_at_chain_time(dispute: Dispute, moment: int) -> None:
    """The worker's next look, once its pause is over and the chain is that far."""
    Recheck.objects.update(retry_at=Now() - timedelta(seconds=1))
    IndexCursor.objects.update(head_timestamp=moment)
    look_at_dispute(dispute.pk)


def test_posted_files_that_are_never_had_are_attested_as_wrong_in_the_last_quarter_and_not_before(
    dispute, computed
):
    computed += ["WITHHELD"] * 4
    last_quarter = int(dispute.attest_by) - (int(dispute.attest_by) - dispute.opened_at) // 4

    for moment in (rows.NOW, rows.NOW + 1, last_quarter - 1):
        look_at_chain_time(dispute, moment)
        assert sent("attest") == []
    look_at_chain_time(dispute, last_quarter)

    assert sorted(sent("attest")) == [(name, False) for name in NAMES]
    report = content_store().read_block(Cid.parse(Recheck.objects.get().report_cid))
    assert json.loads(report)["mismatches"] == ["manifest.json (withheld)"]


def test_posted_files_that_come_at_the_last_moment_are_judged_by_what_they_say(dispute, computed):
    computed += ["WITHHELD", "WITHHELD", "WITHHELD", "MATCH"]

    for moment in (rows.NOW, rows.NOW + 1, rows.NOW + 2, int(dispute.attest_by) - 1):
        look_at_chain_time(dispute, moment)

    assert sorted(sent("attest")) == [(name, True) for name in NAMES]


def test_verifier_that_begins_to_look_in_the_last_quarter_holds_no_missing_file_against_anybody(
    dispute, computed
):
    computed += ["WITHHELD"] * 5

    for seconds in range(100, 105):
        look_at_chain_time(dispute, int(dispute.attest_by) - seconds)

    assert sent("attest") == []


def test_verifier_that_asks_its_own_site_alone_stays_silent_about_what_another_one_keeps(
    dispute, computed, settings
):
    settings.VERIFY_IPFS_URL = ""
    computed += ["WITHHELD"] * 4

    for moment in (rows.NOW, rows.NOW + 1, rows.NOW + 2, int(dispute.attest_by) - 1):
        look_at_chain_time(dispute, moment)

    assert sent("attest") == []


def test_verifier_that_itself_lacks_the_data_at_the_end_stays_silent(dispute, computed):
    computed += ["WITHHELD", "WITHHELD", "WITHHELD", "CANNOT_CHECK"]

    for moment in (rows.NOW, rows.NOW + 1, rows.NOW + 2, int(dispute.attest_by) - 1):
        look_at_chain_time(dispute, moment)

    assert (sent("attest"), Recheck.objects.get().verdict) == ([], "CANNOT_CHECK")


@pytest.mark.fault("F01")
def test_recheck_is_left_to_the_worker_that_makes_it_and_taken_over_once_that_one_is_killed(
    dispute, computed
):
    computed.append("MATCH")
    kept = Recheck.objects.create(dispute_id=dispute.pk, opened_tx=dispute.opened_tx)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"recheck:{kept.pk}"])

    look_at_dispute(dispute.pk)
    assert (sent("attest"), computed) == ([], ["MATCH"])
    other.close()  # as the system does for a process that was killed
    for _ in range(200):  # the database notices soon, not at once
        look_at_dispute(dispute.pk)
        if sent("attest"):
            break
        time.sleep(0.05)

    assert len(sent("attest")) == len(NAMES)


def test_challenge_that_a_reorganisation_mined_anew_is_attested_anew(dispute, computed):
    computed += ["MATCH", "MATCH"]
    look_at_dispute(dispute.pk)
    with rows.projecting():
        Dispute.objects.update(opened_tx=rows.digest("mined again"))

    look_at_dispute(dispute.pk)

    assert len(sent("attest")) == 2 * len(NAMES)


def test_overdue_dispute_is_closed_by_one_key_and_no_longer_computed(dispute, computed):
    with rows.projecting():
        Dispute.objects.update(attest_by=rows.NOW - 600)

    look_at_dispute(dispute.pk)
    look_at_dispute(dispute.pk)

    assert (sent("close_dispute"), sent("attest")) == ([("verifier-1", None)], [])


def test_dispute_is_looked_at_until_we_have_attested_and_again_from_its_deadline_until_it_is_to_be_closed(
    dispute, computed
):
    computed.append("MATCH")
    seen = []
    for attest_by in (dispute.attest_by, dispute.attest_by, rows.NOW - 600, rows.NOW - 600):
        with rows.projecting():
            Dispute.objects.update(attest_by=attest_by)
        seen.append(disputes_to_look_at())
        look_at_dispute(dispute.pk)

    assert seen == [[dispute.pk], [], [dispute.pk], []]


def test_installation_without_verifiers_looks_at_disputes_of_its_own_results_alone(dispute, settings):
    settings.VERIFIER_KEY_NAMES = []
    assert disputes_to_look_at() == []

    job_rows.add_run(1, state="POSTED")

    assert disputes_to_look_at() == [dispute.pk]
