"""What pages show of disputes, executors, stakes, and of a pause."""

import pytest
from django.test import Client

from governance.models import BookDocument, BookValue
from qjobs.models import Dispute, Job, Recheck, StakeCredit
from storage.cid import Cid
from tests.fakes import dispute_rows, job_rows, rows

pytestmark = pytest.mark.django_db
VERIFIERS = (rows.address(51), rows.address(52))
GUARDIAN = rows.address(61)


def add_job_in_window(**fields) -> None:
    rows.add_head()
    job_rows.add_job(1, state=Job.State.WINDOW, window_ends_at=rows.NOW + 600, **fields)
    job_rows.add_result(1)
    with rows.projecting():
        Job.objects.filter(pk=1).update(state=Job.State.WINDOW, window_ends_at=rows.NOW + 600)


def test_open_window_offers_a_challenge_with_its_bond_and_its_end_in_words(reader: Client, sign_in) -> None:
    add_job_in_window()

    visitor, wallet = reader.get("/jobs/1").text, sign_in(rows.MEMBER).get("/jobs/1").text

    assert "Sign in to challenge it" in visitor
    assert 'data-path="jobs/1/challenge"' not in visitor
    assert 'data-path="jobs/1/challenge"' in wallet
    assert "10 TUSD" in wallet
    assert f'data-until="{rows.NOW + 600}"' in wallet


def test_challenged_result_cannot_be_challenged_again(sign_in) -> None:
    add_job_in_window()
    dispute_rows.add_dispute(1, state=Dispute.State.TIED, closed_at=rows.NOW)

    page = sign_in(rows.MEMBER).get("/jobs/1").text

    assert 'data-path="jobs/1/challenge"' not in page
    assert "Undecided" in page


def test_open_dispute_shows_who_said_what_and_until_when(reader: Client) -> None:
    add_job_in_window()
    dispute = dispute_rows.add_dispute(1)
    dispute_rows.add_attestation(dispute, VERIFIERS[0], is_right=False)
    dispute_rows.add_attestation(dispute, VERIFIERS[1], is_right=True)

    page = reader.get("/jobs/1").text

    assert "is wrong" in page
    assert "holds" in page
    assert str(Cid.from_digest(dispute.reason_digest)) in page
    assert "close-dispute" not in page


def test_overdue_dispute_can_be_closed_by_anyone(sign_in) -> None:
    add_job_in_window()
    dispute_rows.add_dispute(1, attest_by=rows.NOW - 60)

    assert 'data-path="jobs/1/close-dispute"' in sign_in(rows.MEMBER).get("/jobs/1").text


def test_executors_are_listed_with_stake_role_and_record_and_have_a_page_each(reader: Client) -> None:
    add_job_in_window()
    dispute_rows.add_executor(rows.EXECUTOR)
    dispute_rows.add_executor(VERIFIERS[0], is_verifier=True, staked_units=0)
    dispute_rows.add_dispute(1, state=Dispute.State.LOST, slashed_units=100 * rows.DOLLARS)

    shown, one = reader.get("/executors").text, reader.get(f"/executors/{rows.EXECUTOR}").text

    assert "500 TUSD" in shown
    assert "verifier" in shown
    assert "Found wrong" in one
    assert "age1pq1qqqqqqqqqqqqqqqq…" in one
    assert reader.get(f"/executors/{rows.address(77)}").status_code == 404
    assert reader.get("/executors/nobody").status_code == 404


def test_stake_of_the_signed_in_wallet_can_be_asked_back_released_and_withdrawn(sign_in) -> None:
    rows.add_head()
    dispute_rows.add_executor(rows.EXECUTOR, leaving_units=7 * rows.DOLLARS, leaves_at=rows.NOW - 5)
    with rows.projecting():
        StakeCredit.objects.create(
            credit_id=f"DisputeBook-{rows.EXECUTOR}",
            contract="DisputeBook",
            account=rows.EXECUTOR,
            credited_units=10 * rows.DOLLARS,
        )

    page = sign_in(rows.EXECUTOR).get("/executors").text
    strangers = sign_in(rows.MEMBER).get("/executors").text

    for path in ("stakes", "stakes/leaving", "stakes/release", "stakes/withdrawals"):
        assert f'data-path="{path}"' in page
    assert 'data-path="stakes/release"' not in strangers


@pytest.mark.parametrize(("state", "may_leave"), [(Job.State.WINDOW, False), (Job.State.SETTLED, True)])
def test_stake_of_an_executor_is_not_offered_for_release_while_a_job_of_its_is_open(
    sign_in, state: int, may_leave: bool
) -> None:
    dispute_rows.add_executor(rows.EXECUTOR, leaving_units=7 * rows.DOLLARS, leaves_at=rows.NOW - 5)
    add_job_in_window()
    with rows.projecting():
        Job.objects.filter(pk=1).update(state=state)
    client = sign_in(rows.EXECUTOR)

    page = client.get("/executors").text
    answer = client.post("/api/v1/stakes/release", {}, content_type="application/json")

    assert ('data-path="stakes/release"' in page) == may_leave
    assert ("may leave as soon as the job that you have claimed a task of has" in page) == (not may_leave)
    assert (answer.json().get("error", {}).get("code") == "task_open") == (not may_leave)


def test_pause_is_told_on_every_page_while_it_runs_and_no_longer(reader: Client) -> None:
    rows.add_head()
    guardian = dispute_rows.add_guardian(GUARDIAN, paused_until=rows.NOW + 3600, is_armed=False)
    assert "has stopped new purchases" in reader.get("/datasets").text

    with rows.projecting():
        type(guardian).objects.update(paused_until=rows.NOW - 600)

    assert "has stopped new purchases" not in reader.get("/datasets").text


def test_rules_in_force_are_shown_with_bounds_documents_and_the_guardians_button(
    reader: Client, sign_in
) -> None:
    rows.add_head()
    dispute_rows.add_guardian(GUARDIAN)
    when = {"set_at": rows.NOW, "set_tx": rows.digest("set")}
    with rows.projecting():
        BookValue.objects.create(key="market_fee_bps", value=250, **when)
        BookDocument.objects.create(kind="ethical_guidelines", digest=rows.digest("text"), **when)

    page, guardians = reader.get("/parameters").text, sign_in(GUARDIAN).get("/parameters").text

    assert "2.5 %" in page
    assert "0 to 10 %" in page
    assert f"/ipfs/{Cid.from_digest(rows.digest('text'))}" in page
    assert 'data-path="pauses"' in guardians
    assert 'data-path="pauses"' not in page


def test_api_gives_rules_disputes_and_executors_by_pages(reader: Client) -> None:
    add_job_in_window()
    dispute_rows.add_guardian(GUARDIAN, paused_until=rows.NOW + 60, is_armed=False)
    for number in range(3):
        dispute_rows.add_executor(rows.address(80 + number))
    dispute_rows.add_dispute(1)

    first = reader.get("/api/v1/executors?limit=2").json()
    second = reader.get(f"/api/v1/executors?limit=2&cursor={first['next']}").json()

    assert [len(first["results"]), len(second["results"]), second["next"]] == [2, 1, None]
    assert (
        reader.get("/api/v1/disputes?job_id=1&state=open").json()["results"][0]["executor"] == rows.EXECUTOR
    )
    assert reader.get("/api/v1/disputes?state=odd").status_code == 422
    assert reader.get("/api/v1/parameters").json()["paused_until"] is not None


def test_open_dispute_says_how_often_the_posted_files_were_looked_for_in_vain(reader: Client) -> None:
    add_job_in_window()
    dispute = dispute_rows.add_dispute(1)
    looked = Recheck.objects.create(
        dispute_id=dispute.pk, opened_tx=dispute.opened_tx, verdict="CANNOT_CHECK", withheld_tries=3
    )

    assert "looked 3 times for the posted files and no gateway gave them" in reader.get("/jobs/1").text

    looked.withheld_tries = 0
    looked.save()
    assert "no gateway gave them" not in reader.get("/jobs/1").text
