"""What the jobs worker does in a dispute, over rows alone: once computed, once attested, once closed."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from chain.models import OutboxEntry
from qjobs.executor import attesting
from qjobs.executor.attesting import look_at_dispute
from qjobs.models import Dispute, Recheck
from qjobs.selectors.work import disputes_to_look_at
from tests.fakes import dispute_rows, job_rows, rows

pytestmark = pytest.mark.django_db
NAMES = ["verifier-1", "verifier-2"]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Verdicts to come, the first first; each computation takes one."""
    verdicts: list[str] = []

    def compute(dispute: Dispute, *, seconds: float) -> dict[str, object]:
        return {"job_id": str(dispute.job_id), "verdict": verdicts.pop(0)}

    monkeypatch.setattr(attesting, "compute_again", compute)
    return verdicts


@pytest.fixture
def dispute(settings, tmp_path) -> Dispute:
    settings.DEPLOYMENT_FILE = tmp_path / "31337.json"
    settings.STORE_DIR = tmp_path / "store"
    settings.VERIFIER_KEY_NAMES = NAMES
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


def test_installation_without_verifiers_looks_at_disputes_of_its_own_results_alone(dispute, settings):
    settings.VERIFIER_KEY_NAMES = []
    assert disputes_to_look_at() == []

    job_rows.add_run(1, state="POSTED")

    assert disputes_to_look_at() == [dispute.pk]
