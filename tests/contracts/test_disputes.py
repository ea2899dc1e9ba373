"""DisputeBook: a result is challenged, verifiers say whether it holds, and the job ends by rule."""

import ape
import pytest
from commons import DOLLARS
from deployment.artefacts import container
from deployment.parameters import short_name
from stage import DISPUTED, EXPIRED, PAY_PER_TASK, SETTLED, WINDOW, WINDOW_SECONDS

BOND, MOST_SLASHED, ATTEST_SECONDS = 10 * DOLLARS, 50 * DOLLARS, 60
STAKE = 70 * DOLLARS
OPEN, LOST, REJECTED, TIED = 1, 2, 3, 4
REASON, REPORT, KEY = b"\xd1" * 32, b"\xd2" * 32, b"\x07" * 32


@pytest.fixture
def book(commons):
    return commons.dispute_book


@pytest.fixture
def verifiers(commons, timelock, second_executor, member, contributor):
    """Three accounts that the DAO admits as verifiers."""
    for account in (second_executor, member, contributor):
        commons.executor_registry.admit(account, True, KEY, b"age1verifier", sender=timelock)
    return second_executor, member, contributor


@pytest.fixture
def posted(commons, stage, book, provider, executor):
    """A job in its window; the provider, its challenger, may pay the bond; the executor has a stake."""
    commons.test_dollar.transfer(executor, STAKE, sender=provider)
    stage.approve_dollars(commons.executor_registry, owner=executor)
    commons.executor_registry.stake(STAKE, sender=executor)
    stage.approve_dollars(book, owner=provider)
    return stage.post(stage.claim(stage.approve(stage.requested_job())))


@pytest.fixture
def challenged(book, posted, provider):
    book.challenge(posted, 0, REASON, sender=provider)
    return posted


def say(book, job_id, verifiers, *answers):
    for verifier, is_right in zip(verifiers, answers, strict=False):
        book.attest(job_id, is_right, REPORT, sender=verifier)


def close(book, stage, job_id, sender):
    """After attest-by; the state in which the dispute ended."""
    stage.wait(ATTEST_SECONDS + 1)
    book.close(job_id, sender=sender)
    return book.get_dispute(job_id).state


def test_challenge_takes_the_bond_and_holds_the_settlement(commons, stage, book, posted, provider, executor):
    receipt = book.challenge(posted, 0, REASON, sender=provider)

    opened = receipt.decode_logs(book.DisputeOpened)[0]
    assert (opened.job_id, opened.challenger, opened.executor) == (posted, provider, executor)
    assert (opened.task, opened.reason_digest) == (0, REASON)
    assert receipt.decode_logs(commons.job_board.JobDisputed)[0].job_id == posted
    assert commons.test_dollar.balanceOf(book) == BOND
    assert (stage.state(posted), book.get_dispute(posted).state) == (DISPUTED, OPEN)
    stage.wait(WINDOW_SECONDS)
    with ape.reverts("JobBoard: no window is open"):
        commons.job_board.settle(posted, sender=executor)


def test_dispute_lost_by_the_executor_refunds_the_escrow_and_pays_the_challenger(
    commons, stage, book, challenged, verifiers, provider, stranger, executor
):
    escrow = stage.obligations()
    say(book, challenged, verifiers, False, False, True)

    assert close(book, stage, challenged, stranger) == LOST

    assert stage.state(challenged) == EXPIRED
    assert (stage.obligations(), stage.credit(stage.researcher), stage.credit(executor)) == (0, escrow, 0)
    assert book.credit_of(provider, commons.test_dollar) == BOND
    for account in (provider, commons.timelock):
        assert commons.executor_registry.credit_of(account, commons.test_dollar) == MOST_SLASHED // 2
    assert commons.executor_registry.stake_of(executor) == STAKE - MOST_SLASHED
    book.withdraw(commons.test_dollar, sender=provider)
    assert commons.test_dollar.balanceOf(book) == 0


def test_executor_that_challenges_itself_through_a_friend_loses_half_of_the_slash(
    commons, stage, book, challenged, verifiers, provider, stranger, executor
):
    say(book, challenged, verifiers, False, False, True)
    dispute = close(book, stage, challenged, stranger)
    registry, dollar = commons.executor_registry, commons.test_dollar

    kept = registry.stake_of(executor) + sum(one.credit_of(provider, dollar) for one in (registry, book))

    assert dispute == LOST
    assert kept == STAKE - MOST_SLASHED // 2 + BOND
    assert stage.credit(executor) == 0


def test_dispute_lost_by_an_executor_without_a_stake_still_ends(
    commons, stage, book, challenged, verifiers, timelock, stranger, executor
):
    commons.executor_registry.slash(executor, STAKE, stranger, sender=timelock)
    say(book, challenged, verifiers, False)

    assert close(book, stage, challenged, stranger) == LOST

    assert stage.state(challenged) == EXPIRED
    assert commons.executor_registry.stake_of(executor) == 0


def test_dispute_lost_gives_the_pass_its_use_back(commons, stage, book, verifiers, provider, stranger):
    dataset_id = stage.publish()
    pass_id = stage.grant(dataset_id, uses=1)
    job_id = stage.post(stage.claim(stage.approve(stage.request_job([dataset_id], [pass_id]))))
    assert commons.access_pass.passOf(pass_id).usesLeft == 0
    stage.approve_dollars(book, owner=provider)
    book.challenge(job_id, 0, REASON, sender=provider)
    say(book, job_id, verifiers, False)

    close(book, stage, job_id, stranger)

    assert commons.access_pass.passOf(pass_id).usesLeft == 1


def test_dispute_rejected_gives_the_bond_to_the_executor_and_the_job_settles(
    commons, stage, book, challenged, verifiers, provider, stranger, executor
):
    say(book, challenged, verifiers, True, True, False)

    assert close(book, stage, challenged, stranger) == REJECTED

    assert stage.state(challenged) == WINDOW
    assert book.credit_of(executor, commons.test_dollar) == BOND
    assert book.credit_of(provider, commons.test_dollar) == 0
    commons.job_board.settle(challenged, sender=stranger)
    assert (stage.state(challenged), stage.credit(executor)) == (SETTLED, PAY_PER_TASK)
    assert commons.executor_registry.stake_of(executor) == STAKE


@pytest.mark.parametrize("answers", [(), (True, False)])
def test_tie_or_absence_gives_the_bond_back_and_the_result_stands(
    commons, stage, book, challenged, verifiers, provider, stranger, answers
):
    say(book, challenged, verifiers, *answers)

    assert close(book, stage, challenged, stranger) == TIED

    assert book.credit_of(provider, commons.test_dollar) == BOND
    commons.job_board.settle(challenged, sender=stranger)
    assert stage.state(challenged) == SETTLED


def test_challenge_after_the_window_is_refused(stage, book, posted, provider):
    stage.wait(WINDOW_SECONDS)

    with ape.reverts("JobBoard: no window is open for a challenge"):
        book.challenge(posted, 0, REASON, sender=provider)


def test_challenge_twice_is_refused_also_after_the_first_was_closed(stage, book, challenged, provider):
    assert book.is_challenged(challenged, 0)
    with ape.reverts("DisputeBook: task was challenged before"):
        book.challenge(challenged, 0, REASON, sender=provider)
    close(book, stage, challenged, provider)

    with ape.reverts("DisputeBook: task was challenged before"):
        book.challenge(challenged, 0, REASON, sender=provider)


def test_challenge_of_a_task_without_a_result_is_refused(stage, book, provider):
    job_id = stage.claim(stage.approve(stage.requested_job()))
    stage.approve_dollars(book, owner=provider)

    with ape.reverts("DisputeBook: task has no result"):
        book.challenge(job_id, 0, REASON, sender=provider)


def test_challenge_without_the_bond_is_refused(book, posted, stranger):
    with ape.reverts():
        book.challenge(posted, 0, REASON, sender=stranger)


def test_challenge_by_a_book_that_the_registry_does_not_know_is_refused(
    commons, book, posted, deployer, provider
):
    other = deployer.deploy(
        container("DisputeBook"),
        *(book.timelock(), commons.job_board, commons.executor_registry, commons.test_dollar),
        *(BOND, MOST_SLASHED, ATTEST_SECONDS),
    )

    with ape.reverts("DisputeBook: not wired"):
        other.challenge(posted, 0, REASON, sender=provider)


def test_attest_is_told_and_counts_once(book, challenged, verifiers):
    receipt = book.attest(challenged, False, REPORT, sender=verifiers[0])

    said = receipt.decode_logs(book.Attested)[0]
    assert (said.job_id, said.verifier, said.is_right, said.report_digest) == (
        challenged,
        verifiers[0],
        False,
        REPORT,
    )
    with ape.reverts("DisputeBook: already attested"):
        book.attest(challenged, False, REPORT, sender=verifiers[0])
    assert (book.get_dispute(challenged).saying_wrong, book.get_dispute(challenged).saying_right) == (1, 0)
    assert book.has_attested(challenged, verifiers[0])


def test_attest_by_strangers_and_executors_that_are_no_verifiers_is_refused(
    book, challenged, stranger, executor
):
    for outsider in (stranger, executor):
        with ape.reverts("DisputeBook: not a verifier"):
            book.attest(challenged, True, REPORT, sender=outsider)


def test_attest_by_a_removed_verifier_is_refused(commons, book, challenged, verifiers, timelock):
    commons.executor_registry.remove(verifiers[0], sender=timelock)

    with ape.reverts("DisputeBook: not a verifier"):
        book.attest(challenged, True, REPORT, sender=verifiers[0])


def test_attest_by_a_party_is_refused(commons, book, challenged, timelock, provider, executor):
    registry = commons.executor_registry
    registry.admit(provider, True, KEY, b"age1verifier", sender=timelock)
    registry.remove(executor, sender=timelock)
    registry.admit(executor, True, KEY, b"age1verifier", sender=timelock)

    for party in (provider, executor):
        with ape.reverts("DisputeBook: a party cannot attest"):
            book.attest(challenged, False, REPORT, sender=party)


def test_attest_after_attest_by_is_refused(stage, book, challenged, verifiers):
    stage.wait(ATTEST_SECONDS + 1)

    with ape.reverts("DisputeBook: attest-by has passed"):
        book.attest(challenged, False, REPORT, sender=verifiers[0])


def test_attest_and_close_without_a_dispute_are_refused(stage, book, posted, verifiers, stranger):
    with ape.reverts("DisputeBook: no dispute is open"):
        book.attest(posted, True, REPORT, sender=verifiers[0])
    with ape.reverts("DisputeBook: no dispute is open"):
        book.close(posted, sender=stranger)


def test_close_before_verifiers_had_their_time_or_twice_is_refused(stage, book, challenged, stranger):
    with ape.reverts("DisputeBook: verifiers still have time"):
        book.close(challenged, sender=stranger)
    close(book, stage, challenged, stranger)

    with ape.reverts("DisputeBook: no dispute is open"):
        book.close(challenged, sender=stranger)


def test_dispute_and_its_end_by_anyone_but_the_book_are_refused(
    commons, book, posted, provider, timelock, executor, stranger
):
    for outsider in (timelock, executor, stranger):
        with ape.reverts("JobBoard: only the DisputeBook opens disputes"):
            commons.job_board.dispute(posted, sender=outsider)
    book.challenge(posted, 0, REASON, sender=provider)
    for outsider in (timelock, executor, stranger):
        with ape.reverts("JobBoard: only the DisputeBook ends disputes"):
            commons.job_board.end_dispute(posted, True, sender=outsider)


def test_end_of_a_dispute_that_is_not_open_is_refused(commons, book, posted, accounts):
    ape.networks.provider.set_balance(book.address, 10**18)

    with ape.reverts("JobBoard: job is not disputed"):
        commons.job_board.end_dispute(posted, True, sender=accounts[book.address])


def test_one_wrong_task_of_a_federated_job_ends_the_whole_job(
    commons, stage, book, verifiers, provider, stranger, executor
):
    job_id = stage.approve(stage.federated_job(2))
    for task in (0, 1):
        stage.post(stage.claim(job_id, task), task)
    escrow = stage.obligations()
    stage.approve_dollars(book, owner=provider)
    book.challenge(job_id, 1, REASON, sender=provider)
    say(book, job_id, verifiers, False)

    close(book, stage, job_id, stranger)

    assert stage.state(job_id) == EXPIRED
    assert (stage.credit(stage.researcher), stage.credit(executor)) == (escrow, 0)


def test_money_is_conserved_on_every_road_of_a_dispute(
    commons, stage, book, verifiers, provider, stranger, executor, researcher
):
    dollar, board, registry = commons.test_dollar, commons.job_board, commons.executor_registry
    commons.test_dollar.transfer(executor, STAKE, sender=provider)
    stage.approve_dollars(registry, owner=executor)
    registry.stake(STAKE, sender=executor)
    stage.approve_dollars(book, owner=provider)
    for answers in ((False,), (True,), ()):
        job_id = stage.post(stage.claim(stage.approve(stage.requested_job())))
        book.challenge(job_id, 0, REASON, sender=provider)
        say(book, job_id, verifiers, *answers)
        close(book, stage, job_id, stranger)
        if stage.state(job_id) == WINDOW:
            board.settle(job_id, sender=stranger)
    parties = (provider, executor, researcher, commons.addresses["Timelock"])

    assert stage.obligations() == 0
    assert dollar.balanceOf(board) == sum(board.credit_of(party, dollar) for party in parties)
    assert dollar.balanceOf(book) == sum(book.credit_of(party, dollar) for party in parties) == 3 * BOND
    slashed = [registry.credit_of(party, dollar) for party in (provider, commons.timelock)]
    assert dollar.balanceOf(registry) == registry.stake_of(executor) + sum(slashed) == STAKE


@pytest.fixture
def federated(commons, stage, book, provider, timelock):
    """Two tasks in their window; the provider may pay bonds."""
    job_id = stage.approve(stage.federated_job(2))
    for task in (0, 1):
        stage.post(stage.claim(job_id, task), task)
    stage.approve_dollars(book, owner=provider)
    return job_id


def test_challenge_of_the_task_that_is_right_does_not_shield_the_one_that_is_wrong(
    stage, book, federated, verifiers, provider, stranger, commons
):
    book.challenge(federated, 0, REASON, sender=provider)
    say(book, federated, verifiers, True, True)
    assert close(book, stage, federated, stranger) == REJECTED
    with ape.reverts("JobBoard: window is still open"):
        commons.job_board.settle(federated, sender=stranger)

    book.challenge(federated, 1, REASON, sender=provider)
    say(book, federated, verifiers, False, False)

    assert close(book, stage, federated, stranger) == LOST
    assert (stage.state(federated), stage.obligations()) == (EXPIRED, 0)


def test_a_second_task_is_challenged_after_the_first_dispute_and_no_sooner(
    stage, book, federated, provider, stranger, commons
):
    book.challenge(federated, 0, REASON, sender=provider)
    with ape.reverts("JobBoard: no window is open for a challenge"):
        book.challenge(federated, 1, REASON, sender=provider)
    close(book, stage, federated, stranger)
    book.challenge(federated, 1, REASON, sender=provider)
    assert (book.get_dispute(federated).task, book.get_dispute(federated).state) == (1, OPEN)

    close(book, stage, federated, stranger)

    commons.job_board.settle(federated, sender=stranger)
    assert stage.state(federated) == SETTLED


def test_a_verifier_attests_once_in_each_dispute_of_a_job(
    stage, book, federated, verifiers, provider, stranger
):
    book.challenge(federated, 0, REASON, sender=provider)
    say(book, federated, verifiers, True)
    close(book, stage, federated, stranger)
    book.challenge(federated, 1, REASON, sender=provider)
    assert not book.has_attested(federated, verifiers[0])

    say(book, federated, verifiers, True)

    assert book.has_attested(federated, verifiers[0])


@pytest.mark.parametrize(
    ("answers", "end"),
    [
        ((False, False), TIED),
        ((True, True), TIED),
        ((False, False, True), LOST),
        ((True, True, False), REJECTED),
    ],
)
def test_fewer_attestations_than_the_quorum_decide_nothing(
    commons, stage, book, posted, verifiers, timelock, provider, stranger, answers, end
):
    commons.parameter_book.set_value(short_name("verifier_quorum"), 3, sender=timelock)
    book.challenge(posted, 0, REASON, sender=provider)
    commons.parameter_book.set_value(short_name("verifier_quorum"), 0, sender=timelock)

    say(book, posted, verifiers, *answers)

    assert book.get_dispute(posted).quorum == 3, "a change holds for later disputes"
    assert close(book, stage, posted, stranger) == end
