"""What an operator does leaves a reason in the log, touches no vote, and never meets a key of the chain."""

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import Error, transaction
from django.test import Client

from accounts.models import User
from chain import signer
from chain.accounts import checksum
from chain.models import OutboxEntry
from governance.models import Proposal
from qjobs.models import Job, Run, SpecDocument
from qjobs.rules.run_states import RESUMABLE_STATES, RunState
from tests.fakes import job_rows, rows
from tests.integration.admin.conftest import OPERATOR, PASSWORD, WALLET

pytestmark = [pytest.mark.django_db, pytest.mark.attack("S37")]
RUNS, OUTBOX, SPECS = "/admin/qjobs/run/", "/admin/chain/outboxentry/", "/admin/qjobs/specdocument/"
WHY = "the disk was full"


def do(browser: Client, place: str, act: str, *keys: object, reason: str = WHY) -> str:
    """Presses the button above a list; the page that follows."""
    form = {"action": act, "_selected_action": list(keys), "reason": reason, "index": "0"}
    return browser.post(place, form, follow=True).content.decode()


def failed_entry(kind: str = "withdraw") -> OutboxEntry:
    return OutboxEntry.objects.create(
        key=f"{kind}:1", kind=kind, sender="executor", state="FAILED", error="refused", attempts=3
    )


@pytest.fixture
def run() -> Run:
    job_rows.add_job(1, state=Job.State.RUNNING)
    return job_rows.add_run(1, state=RunState.FAILED)


def test_failed_run_is_resumed_with_a_reason_in_the_log(console: Client, run: Run) -> None:
    page = do(console, RUNS, "resume_selected", run.pk)

    run.refresh_from_db()
    kept = LogEntry.objects.get()
    assert (run.state, run.claims) == (RunState.QUEUED, 1)
    assert (kept.user.address.lower(), kept.object_id) == (OPERATOR.lower(), str(run.pk))
    assert kept.change_message == f"resumed. Reason: {WHY}"
    assert "1 resumed." in page
    assert WHY in console.get("/admin/admin/logentry/").content.decode()


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_done(console: Client, run: Run, reason: str) -> None:
    page = do(console, RUNS, "resume_selected", run.pk, reason=reason)

    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert not LogEntry.objects.exists()
    assert "give a reason" in page


@pytest.mark.parametrize("state", [each for each in RunState if each not in RESUMABLE_STATES])
def test_run_that_neither_failed_nor_waits_for_a_person_stays(
    console: Client, run: Run, state: RunState
) -> None:
    Run.objects.update(state=state)

    page = do(console, RUNS, "resume_selected", run.pk)

    assert Run.objects.get().state == state
    assert not LogEntry.objects.exists()
    assert "Only a paused or failed run can be resumed." in page


def test_failed_transaction_is_sent_again_with_a_reason(console: Client) -> None:
    entry = failed_entry()

    do(console, OUTBOX, "send_again_selected", entry.pk)

    entry.refresh_from_db()
    assert (entry.state, entry.error, entry.attempts) == ("PENDING", "", 0)
    assert LogEntry.objects.get().change_message == f"put back in line. Reason: {WHY}"


def test_claim_cannot_be_sent_past_the_checks_of_its_run(console: Client) -> None:
    entry = failed_entry("claim")

    page = do(console, OUTBOX, "send_again_selected", entry.pk)

    entry.refresh_from_db()
    assert entry.state == "FAILED"
    assert "resume its run" in page


def test_failed_preview_is_drawn_again(console: Client) -> None:
    spec = SpecDocument.objects.create(
        digest=rows.digest("spec"), cid="c", author=WALLET, spec={}, estimate={}, preview_state="FAILED"
    )

    do(console, SPECS, "redraw_selected", spec.pk)

    spec.refresh_from_db()
    assert spec.preview_state == "WAITING"


def test_who_may_only_look_is_offered_no_act(watcher: Client, run: Run) -> None:
    entry = failed_entry()

    do(watcher, RUNS, "resume_selected", run.pk)
    do(watcher, OUTBOX, "send_again_selected", entry.pk)

    run.refresh_from_db()
    entry.refresh_from_db()
    assert (run.state, entry.state) == (RunState.FAILED, "FAILED")
    assert "resume_selected" not in watcher.get(RUNS).content.decode()


def test_guesses_are_forgiven_by_an_operator(console: Client) -> None:
    guess = {"username": WALLET, "password": "guess"}
    User.objects.create_superuser(WALLET, PASSWORD)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        Client().post("/admin/login/", guess)
    assert Client().post("/admin/login/", {**guess, "password": PASSWORD}).status_code == 429

    do(console, "/admin/axes/accessattempt/", "forgive_selected", AccessAttempt.objects.get().pk)

    assert Client().post("/admin/login/", {**guess, "password": PASSWORD}).status_code == 302
    assert "allowed to try again" in LogEntry.objects.get().change_message


def user_form(**fields: object) -> dict[str, object]:
    return {"address": checksum(WALLET), "is_active": "on", "reason": WHY, **fields}


def test_making_somebody_staff_leaves_a_reason(console: Client) -> None:
    user = User.objects.create_user(WALLET)
    place = f"/admin/accounts/user/{user.pk}/change/"

    refused = console.post(place, user_form(is_staff="on", reason=""))
    assert refused.status_code == 200
    assert not User.objects.get(pk=user.pk).is_staff

    assert console.post(place, user_form(is_staff="on")).status_code == 302
    assert User.objects.get(pk=user.pk).is_staff
    assert LogEntry.objects.get().change_message == f"changed is_staff. Reason: {WHY}"


def test_new_user_and_new_password_leave_a_reason(console: Client) -> None:
    words = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    console.post("/admin/accounts/user/add/", user_form(**words))
    user = User.objects.get(address__iexact=WALLET)
    console.post(
        f"/admin/accounts/user/{user.pk}/password/",
        {**words, "password1": PASSWORD + "!", "password2": PASSWORD + "!", "reason": "forgotten"},
    )

    user.refresh_from_db()
    assert user.check_password(PASSWORD + "!")
    newest, first = (kept.change_message for kept in LogEntry.objects.order_by("-pk"))
    assert newest.endswith("Reason: forgotten")
    assert first.startswith("added")


@pytest.mark.parametrize("password", ["short one", "password123456", "12345678901234567890"])
def test_weak_passwords_are_refused(console: Client, password: str) -> None:
    words = {"usable_password": "true", "password1": password, "password2": password}

    assert console.post("/admin/accounts/user/add/", user_form(**words)).status_code == 200
    assert not User.objects.filter(address__iexact=WALLET).exists()


def test_operator_with_a_right_to_users_cannot_make_itself_one_who_may_everything(watcher: Client) -> None:
    looker = User.objects.get(is_staff=True)

    page = watcher.get(f"/admin/accounts/user/{looker.pk}/change/")
    answer = watcher.post(f"/admin/accounts/user/{looker.pk}/change/", user_form(is_superuser="on"))

    assert (page.status_code, answer.status_code) == (200, 403)
    assert not User.objects.get(pk=looker.pk).is_superuser


def test_nobody_deletes_the_log_of_acts(console: Client, run: Run) -> None:
    do(console, RUNS, "resume_selected", run.pk)
    kept = LogEntry.objects.get()

    assert console.post(f"/admin/admin/logentry/{kept.pk}/delete/", {"post": "yes"}).status_code == 403
    do(console, "/admin/admin/logentry/", "delete_selected", kept.pk)

    assert LogEntry.objects.filter(pk=kept.pk).exists()


def test_database_itself_refuses_a_vote_or_approval_that_no_block_brought() -> None:
    rows.add_proposal(1)
    job_rows.add_job(1)

    with pytest.raises(Error, match="follows from chain events"), transaction.atomic():
        Job.objects.filter(pk=1).update(state=Job.State.APPROVED)
    with pytest.raises(Error, match="follows from chain events"), transaction.atomic():
        Proposal.objects.update(for_units=10**24)

    assert Job.objects.get().state == Job.State.REQUESTED
    assert Proposal.objects.get().for_units == 0


def test_no_page_of_the_console_reads_a_key_or_shows_signed_bytes(
    console: Client, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = failed_entry()
    raw = bytes.fromhex("02f8ab") * 7
    signed = entry.transactions.create(
        sender_address=WALLET,
        nonce=0,
        raw=raw,
        tx_hash=rows.digest("tx"),
        gas_limit=21_000,
        max_fee_wei=1,
        priority_fee_wei=1,
        signed_at=entry.created_at,
    )
    monkeypatch.setattr(signer, "read_key", lambda file: pytest.fail(f"{file} was read"))
    pages = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry]
    pages += [f"{OUTBOX}{entry.pk}/change/", f"/admin/chain/outboxtransaction/{signed.pk}/change/"]

    for page in pages:
        text = console.get(page).content.decode()
        assert raw.hex() not in text, page
        assert settings.SECRET_KEY not in text, page


def test_page_of_a_job_shows_its_runs_events_files_and_transactions(console: Client, run: Run) -> None:
    run.files.create(
        name="metrics.json",
        cid="bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",
        size=321,
        sha256=rows.digest("metrics"),
    )
    OutboxEntry.objects.create(
        key="claim:1", kind="claim", sender="executor", state="FAILED", error="taken", payload={"job_id": 1}
    )

    page = console.get("/admin/qjobs/job/1/change/").content.decode()

    for words in ("Task 0", "split 3", "metrics.json", "taken", "JobRequested"):
        assert words in page


def test_deadlines_on_chain_are_shown_as_dates(console: Client) -> None:
    job_rows.add_job(1, approve_by=1_893_456_000)
    rows.add_proposal(1, eta_at=1_893_456_000)

    for page in ("/admin/qjobs/job/1/change/", "/admin/governance/proposal/"):
        text = console.get(page).content.decode()
        assert "1 Jan 2030" in text, page
        assert "1893456000" not in text, page
