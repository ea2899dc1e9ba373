"""Every deadline to the second: what works in its last second is refused in the next, or the other way."""

import pytest
from job_model import WINDOW_SECONDS
from job_world import JobWorld


class Clock:
    """Job 1 of a world, with each call at a second of our choice."""

    def __init__(self, world: JobWorld) -> None:
        self.world = world
        first = next(iter(world.model.datasets))
        world.request((first,), (next(iter(world.model.passes)),), 1, 100)
        self.job = world.model.jobs[1]

    def at(self, second: int, method: str, sender: str, *arguments) -> str | None:
        self.world.model.now = second - 1
        refusal = self.world.act(method, sender, 1, *arguments)
        self.job = self.world.model.jobs[1]
        return refusal

    def approve(self) -> None:
        assert self.at(self.world.model.now + 1, "approve", "treasury", True) is None

    def claim(self) -> int:
        """The claim's run-by."""
        self.approve()
        assert self.at(self.world.model.now + 1, "claim", "executor", 0) is None
        return self.job.tasks[0].run_by


@pytest.fixture
def clock(job_world) -> Clock:
    return Clock(job_world)


def test_approve_works_at_approve_by(clock):
    assert clock.at(clock.job.approve_by, "approve", "treasury", True) is None


def test_approve_a_second_after_approve_by_is_refused(clock):
    refusal = clock.at(clock.job.approve_by + 1, "approve", "treasury", True)

    assert refusal == "JobBoard: approve-by has passed"


def test_expire_of_a_request_works_a_second_after_approve_by_and_no_sooner(clock):
    assert clock.at(clock.job.approve_by, "expire", "stranger") == "JobBoard: job is not overdue"
    assert clock.at(clock.job.approve_by + 1, "expire", "stranger") is None


def test_claim_works_at_claim_by(clock):
    clock.approve()

    assert clock.at(clock.job.claim_by, "claim", "executor", 0) is None


def test_claim_a_second_after_claim_by_is_refused(clock):
    clock.approve()

    assert clock.at(clock.job.claim_by + 1, "claim", "executor", 0) == "JobBoard: claim-by has passed"


def test_expire_of_an_approved_job_works_a_second_after_claim_by_and_no_sooner(clock):
    clock.approve()

    assert clock.at(clock.job.claim_by, "expire", "stranger") == "JobBoard: job is not overdue"
    assert clock.at(clock.job.claim_by + 1, "expire", "stranger") is None


def test_task_can_be_claimed_anew_a_second_after_run_by_and_no_sooner(clock):
    run_by = clock.claim()

    assert clock.at(run_by, "claim", "second executor", 0) == "JobBoard: task is claimed"
    assert clock.at(run_by + 1, "claim", "second executor", 0) is None


def test_extend_works_at_run_by(clock):
    assert clock.at(clock.claim(), "extend", "executor", 0) is None


def test_extend_a_second_after_run_by_is_refused(clock):
    assert clock.at(clock.claim() + 1, "extend", "executor", 0) == "JobBoard: run-by has passed"


def test_cancel_works_a_second_after_run_by_and_no_sooner(clock):
    run_by = clock.claim()

    assert clock.at(run_by, "cancel", "researcher") == "JobBoard: a claim is running"
    assert clock.at(run_by + 1, "cancel", "researcher") is None


def test_settle_works_when_the_window_ends_and_no_sooner(clock):
    posted_at = clock.claim()
    assert clock.at(posted_at, "post_result", "executor", 0, 1) is None

    assert clock.at(posted_at + WINDOW_SECONDS - 1, "settle", "stranger") == "JobBoard: window is still open"
    assert clock.at(posted_at + WINDOW_SECONDS, "settle", "stranger") is None
