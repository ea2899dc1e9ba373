"""Which buttons a page offers, to whom: each permission beside its refusal."""

from collections.abc import Callable

import pytest
from django.test import Client

from governance.models import Delegation, PowerCheckpoint, VoteBalance, VotingPower
from marketplace.models import AccessPass, Dataset, Right
from qjobs.models import Job, JobCredit
from tests.fakes import job_rows, rows

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def give_votes(account: str, *, delegated: bool = True, since: int = rows.NOW - 1000) -> None:
    with rows.projecting():
        VoteBalance.objects.create(account=account, units=50_000 * rows.VOTES)
        if delegated:
            Delegation.objects.create(delegator=account, delegate=account)
            VotingPower.objects.create(account=account, units=50_000 * rows.VOTES)
            PowerCheckpoint.objects.create(
                checkpoint_id=f"{account}-{since}", account=account, at=since, units=50_000 * rows.VOTES
            )


def give_pass(holder: str, pass_id: int = 5, **fields: object) -> None:
    with rows.projecting():
        AccessPass.objects.create(
            pass_id=pass_id,
            holder=holder,
            subject_kind=0,
            subject_id=1,
            right=Right.COMPUTE,
            first_version=1,
            payment_token=rows.DOLLAR,
            price_units=25 * rows.DOLLARS,
            issued_block=rows.BLOCK,
            issued_at="2026-01-01T00:00:00Z",
            issued_tx=rows.digest("pass"),
            **{"expires_at": 0, "uses_total": 0, "uses_left": 0, **fields},
        )


def test_header_shows_the_signed_in_address_and_invites_a_visitor(reader: Client, owner: Client) -> None:
    assert 'data-do="sign-in"' in reader.get("/").text
    text = owner.get("/").text

    assert f'data-wallet="{rows.PROVIDER}"' in text
    assert 'data-do="sign-out"' in text
    assert 'data-chain-id="31337"' in text


def test_buying_is_offered_to_a_wallet_and_asks_a_visitor_to_sign_in(reader: Client, sign_in: SignIn) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)

    assert "Sign in to buy" in reader.get("/datasets/1").text
    text = sign_in(rows.RESEARCHER).get("/datasets/1").text

    assert 'data-act="purchase"' in text
    assert 'data-amount="25 TUSD"' in text
    assert 'data-key="buy:1"' in text


def test_owner_may_list_and_does_not_buy(owner: Client, sign_in: SignIn) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)

    text = owner.get("/datasets/1").text

    assert 'data-path="datasets/1/listings"' in text
    assert 'data-act="purchase"' not in text
    assert 'data-path="datasets/1/listings"' not in sign_in(rows.RESEARCHER).get("/datasets/1").text


def test_retired_dataset_is_neither_sold_nor_listed(owner: Client, sign_in: SignIn) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)
    with rows.projecting():
        Dataset.objects.update(is_retired=True)

    assert "data-act=" not in owner.get("/datasets/1").text
    assert "data-act=" not in sign_in(rows.RESEARCHER).get("/datasets/1").text


@pytest.mark.parametrize(("fields", "is_usable"), [({}, True), ({"uses_total": 2}, False)])
def test_holder_of_a_usable_pass_may_request_a_job(
    sign_in: SignIn, fields: dict[str, int], is_usable: bool
) -> None:
    rows.add_head()
    rows.add_dataset(1)
    give_pass(rows.RESEARCHER, **fields)

    text = sign_in(rows.RESEARCHER).get("/datasets/1").text

    assert ("You hold pass 5" in text) is is_usable
    assert ('href="/jobs/new?dataset=1"' in text) is is_usable


def test_vote_is_offered_with_its_weight_to_who_had_power_at_the_snapshot(
    reader: Client, sign_in: SignIn
) -> None:
    rows.add_head()
    rows.add_proposal(1)
    give_votes(rows.RESEARCHER)

    text = sign_in(rows.RESEARCHER).get("/proposals/1").text

    assert 'data-act="vote" data-path="proposals/1"' in text
    assert "50,000" in text
    assert "Sign in to vote" in reader.get("/proposals/1").text


def test_votes_that_came_after_the_snapshot_are_explained(sign_in: SignIn) -> None:
    rows.add_head()
    rows.add_proposal(1)
    give_votes(rows.RESEARCHER, since=rows.NOW - 10)

    text = sign_in(rows.RESEARCHER).get("/proposals/1").text

    assert "had none at" in text
    assert 'data-act="vote" data-path="proposals/1"' not in text


def test_holder_of_undelegated_votes_is_asked_to_delegate(sign_in: SignIn) -> None:
    rows.add_head()
    rows.add_proposal(1)
    give_votes(rows.RESEARCHER, delegated=False)

    text = sign_in(rows.RESEARCHER).get("/proposals/1").text

    assert "count nowhere yet" in text
    assert f'name="delegate" value="{rows.RESEARCHER}"' in text


def test_who_has_voted_sees_the_vote_and_no_form(sign_in: SignIn) -> None:
    rows.add_head()
    rows.add_proposal(1)
    rows.add_vote(1, 12, votes=30_000)
    give_votes(rows.address(12))

    text = sign_in(rows.address(12)).get("/proposals/1").text

    assert "You voted" in text
    assert 'data-act="vote" data-path="proposals/1"' not in text


@pytest.mark.parametrize(
    ("fields", "verb"),
    [
        ({"deadline_at": rows.NOW - 50, "for_units": 50_000 * rows.VOTES}, "queue"),
        ({"snapshot_at": rows.NOW + 50}, "cancel"),
    ],
)
def test_proposer_is_offered_what_the_state_allows(sign_in: SignIn, fields: dict, verb: str) -> None:
    rows.add_head()
    rows.add_quorum()
    rows.add_proposal(1, **fields)

    assert f'data-path="proposals/1/{verb}"' in sign_in(rows.MEMBER).get("/proposals/1").text


def test_nobody_but_the_proposer_is_offered_to_cancel(owner: Client) -> None:
    rows.add_head()
    rows.add_proposal(1, snapshot_at=rows.NOW + 50)

    assert "proposals/1/cancel" not in owner.get("/proposals/1").text


def test_tally_tells_the_page_to_come_anew_once_the_phase_has_changed(reader: Client) -> None:
    rows.add_head()
    rows.add_proposal(1)

    assert "HX-Refresh" not in reader.get("/proposals/1/tally?phase=active").headers
    assert reader.get("/proposals/1/tally?phase=pending").headers["HX-Refresh"] == "true"
    assert reader.get("/proposals/2/tally").status_code == 404


def test_requester_may_cancel_and_a_member_with_power_may_propose(owner: Client, sign_in: SignIn) -> None:
    rows.add_head()
    rows.add_dataset(1)
    job = job_rows.add_job(1, state=Job.State.REQUESTED)
    give_votes(rows.address(41))

    mine = sign_in(job.requester).get("/jobs/1").text
    members = sign_in(rows.address(41)).get("/jobs/1").text

    assert 'data-path="jobs/1/cancel"' in mine
    assert 'data-path="jobs/1/proposal"' in members
    assert 'data-path="jobs/1/cancel"' not in members
    assert 'data-path="jobs/1/cancel"' not in owner.get("/jobs/1").text


def test_owner_is_asked_for_consent_where_it_does_not_stand(owner: Client, sign_in: SignIn) -> None:
    rows.add_head()
    rows.add_dataset(1)
    job_rows.add_job(1, state=Job.State.REQUESTED)

    assert "jobs/1/consent" not in owner.get("/jobs/1").text
    with rows.projecting():
        Dataset.objects.update(standing_consent=False)

    assert 'data-path="jobs/1/consent"' in owner.get("/jobs/1").text
    assert "jobs/1/consent" not in sign_in(rows.address(41)).get("/jobs/1").text


def test_account_shows_passes_money_and_votes_of_this_wallet_alone(reader: Client, sign_in: SignIn) -> None:
    rows.add_head()
    rows.add_dataset(1)
    give_pass(rows.RESEARCHER)
    give_votes(rows.RESEARCHER)
    with rows.projecting():
        JobCredit.objects.create(
            credit_id="a", account=rows.RESEARCHER, token=rows.DOLLAR, credited_units=3 * rows.DOLLARS
        )

    text = sign_in(rows.RESEARCHER).get("/account").text

    for words in ("Pass 5", "Withdraw 3 TUSD", "50,000", "Get started", "Breast cancer Wisconsin"):
        assert words in text
    others = sign_in(rows.MEMBER).get("/account").text
    assert "Pass 5" not in others
    assert "Withdraw" not in others
    assert "Sign in with a wallet" in reader.get("/account").text
