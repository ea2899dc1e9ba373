"""ExecutorRegistry beside JobBoard: a stake stays as long as a dispute could reach it, and no longer."""

import ape
import pytest
from commons import DOLLARS
from deployment.artefacts import container
from stage import EXPIRED, WINDOW_SECONDS, Stage

STAKE, MOST_SLASHED = 70 * DOLLARS, 50 * DOLLARS
DAY = 86_400
NOBODY = "0x" + "00" * 20
STILL_OPEN = "Stakes: a task is still open"


@pytest.fixture
def registry(commons):
    return commons.executor_registry


@pytest.fixture
def ask_back(commons, stage, registry, provider):
    """Somebody stakes seventy dollars and asks for them back at once."""

    def ask(owner):
        commons.test_dollar.transfer(owner, STAKE, sender=provider)
        stage.approve_dollars(registry, owner=owner)
        registry.stake(STAKE, sender=owner)
        registry.request_unstake(STAKE, sender=owner)

    return ask


@pytest.fixture
def lose_dispute(commons, stage, timelock, provider, contributor):
    """A result in its window is challenged, and one verifier says that it is wrong."""

    def lose(job_id):
        commons.executor_registry.admit(contributor, True, b"\x07" * 32, b"age1", sender=timelock)
        stage.approve_dollars(commons.dispute_book, owner=provider)
        commons.dispute_book.challenge(job_id, 0, b"\xd1" * 32, sender=provider)
        commons.dispute_book.attest(job_id, False, b"\xd2" * 32, sender=contributor)
        stage.wait(commons.dispute_book.attest_seconds() + 1)
        commons.dispute_book.close(job_id, sender=provider)

    return lose


def end(stage: Stage, job_id: int, way: str, lose_dispute) -> None:
    """Ends a claimed job without a result, long after every deadline."""
    board = stage.commons.job_board
    if way == "cancelled":
        board.cancel(job_id, sender=stage.researcher)
    elif way == "expired":
        board.expire(job_id, sender=stage.provider)
    else:
        stage.post(job_id)
        with ape.reverts(STILL_OPEN):
            stage.commons.executor_registry.unstake(sender=stage.executor)
        (stage.settle if way == "settled" else lose_dispute)(job_id)


@pytest.mark.parametrize(
    ("way", "left"),
    [("settled", STAKE), ("cancelled", STAKE), ("expired", STAKE), ("lost", STAKE - MOST_SLASHED)],
)
def test_stake_stays_until_every_task_of_its_owner_is_over(
    commons, stage, registry, executor, ask_back, lose_dispute, way, left
):
    ask_back(executor)
    job_id = stage.claim(stage.approve(stage.requested_job()))
    stage.wait(registry.UNSTAKE_SECONDS())
    assert commons.job_board.open_tasks_of(executor) == 1
    with ape.reverts(STILL_OPEN):
        registry.unstake(sender=executor)

    end(stage, job_id, way, lose_dispute)

    assert commons.job_board.open_tasks_of(executor) == 0
    registry.unstake(sender=executor)
    assert registry.credit_of(executor, commons.test_dollar) == left


def test_task_taken_over_holds_the_stake_of_who_took_it_and_lets_the_other_go(
    commons, stage, registry, timelock, executor, second_executor, ask_back
):
    registry.admit(second_executor, False, b"\x07" * 32, b"age1", sender=timelock)
    for owner in (executor, second_executor):
        ask_back(owner)
    job_id = stage.claim(stage.approve(stage.requested_job(run_seconds=10)))
    stage.wait(11)
    commons.job_board.claim(job_id, 0, sender=second_executor)
    stage.wait(registry.UNSTAKE_SECONDS())

    registry.unstake(sender=executor)

    assert [commons.job_board.open_tasks_of(owner) for owner in (executor, second_executor)] == [0, 1]
    with ape.reverts(STILL_OPEN):
        registry.unstake(sender=second_executor)


def test_executor_whose_federated_job_waits_for_months_answers_for_its_result_with_its_whole_stake(
    commons, stage, registry, timelock, provider, executor, second_executor, ask_back, lose_dispute
):
    registry.admit(second_executor, False, b"\x07" * 32, b"age1", sender=timelock)
    late = {"claim_by": stage.now() + 300 * DAY}
    job_id = stage.post(stage.claim(stage.approve(stage.federated_job(2, **late))))
    ask_back(executor)
    stage.wait(200 * DAY)
    with ape.reverts(STILL_OPEN):
        registry.unstake(sender=executor)
    commons.job_board.claim(job_id, 1, sender=second_executor)
    commons.job_board.post_result(job_id, 1, 1, *(b"\x01" * 32,) * 3, sender=second_executor)

    lose_dispute(job_id)

    assert stage.state(job_id) == EXPIRED
    assert registry.leaving_of(executor) == STAKE - MOST_SLASHED
    registry.unstake(sender=executor)


def test_each_open_task_counts_and_the_last_one_lets_the_stake_go(
    commons, stage, registry, executor, ask_back
):
    ask_back(executor)
    first = stage.claim(stage.approve(stage.federated_job(2)))
    second = stage.post(stage.claim(stage.approve(stage.requested_job())))
    stage.post(stage.claim(first, 1), 1)
    assert commons.job_board.open_tasks_of(executor) == 3
    stage.settle(second)
    stage.wait(registry.UNSTAKE_SECONDS())
    commons.job_board.expire(first, sender=executor)
    assert commons.job_board.open_tasks_of(executor) == 2
    with ape.reverts(STILL_OPEN):
        registry.unstake(sender=executor)
    stage.wait(WINDOW_SECONDS)

    commons.job_board.settle(first, sender=executor)

    assert commons.job_board.open_tasks_of(executor) == 0
    registry.unstake(sender=executor)


def test_stake_in_a_registry_without_a_dispute_book_leaves_after_its_delay(
    commons, stage, deployer, researcher
):
    arguments = (commons.addresses["Timelock"], commons.test_dollar, NOBODY, bytes(32), b"")
    registry = deployer.deploy(container("ExecutorRegistry"), *arguments)
    registry.wire(NOBODY, sender=deployer)
    stage.approve_dollars(registry)
    registry.stake(STAKE, sender=researcher)
    registry.request_unstake(STAKE, sender=researcher)
    stage.wait(registry.UNSTAKE_SECONDS())

    registry.unstake(sender=researcher)

    assert registry.credit_of(researcher, commons.test_dollar) == STAKE
