"""JobBoard, disputes, stakes and pauses against their model, over random sequences of calls by everybody.

After every step: escrow equals open obligations, bonds and stakes are held, the money of all is constant,
everybody is owed what the model says, nothing is claimed without approval and consent, a job settles once.
From wherever a sequence ends, everything is paid out.
"""

import pytest
from dispute_model import LOST, OPEN_DISPUTE, REJECTED, TIED, UNSTAKE_SECONDS
from dispute_world import WITHDRAWALS
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
)
from job_model import DISPUTED, REQUESTED, WINDOW
from machines import WorldMachine, prove

ROLES = st.sampled_from(
    ["provider", "member", "researcher", "executor", "second executor", "stranger", "treasury"]
)
EXECUTORS = st.sampled_from(["executor", "second executor", "executor", "stranger"])
PAYS = st.sampled_from([0, 1, 39, 33_000_001])
CHALLENGERS = st.sampled_from(["provider", "provider", "executor", "member"])
ATTESTERS = st.sampled_from(["member", "contributor", "contributor", "executor"])
PICK = st.integers(0, 10**6)
MAX_JOBS = 4
# Where examples begin, with a dispute: how it ends unless somebody else attests.
ENDS = {"challenged": TIED, "right": REJECTED, "wrong": LOST}


class JobMachine(WorldMachine):
    """Everybody calls everything, each rule also as its rightful caller."""

    proof = "jobs, random"

    start_from = "nothing"

    @initialize(tasks=st.integers(1, 2))
    def begin(self, tasks: int) -> None:
        """From nothing, or from where a long sequence alone would come."""
        self.start()
        if self.start_from == "half":
            self.world.post_results(2, 1)
        elif self.start_from != "nothing":
            self.world.open_window(tasks)
        if self.start_from in ENDS:
            self.world.act("challenge", "provider", 1, 0)
        if self.start_from in ("right", "wrong"):
            self.world.act("attest", "contributor", 1, self.start_from == "right")

    def _job(self, pick: int) -> int:
        return pick % len(self.world.model.jobs) + 1

    def _in(self, state: int) -> list[int]:
        return [number for number, job in self.world.model.jobs.items() if job.state == state]

    def _datasets(self) -> list[int]:
        return list(self.world.model.datasets)

    @precondition(lambda self: len(self.world.model.jobs) < MAX_JOBS)
    @rule(pay=PAYS, shape=st.sampled_from(["first", "second", "both", "federated"]))
    def request(self, pay: int, shape: str) -> None:
        first, second = self._datasets()
        few, many = self.world.model.passes
        datasets = {"first": (first,), "second": (second,)}.get(shape, (first, second))
        passes = {"first": (few,), "second": (many,)}.get(shape, (few, many))
        self.world.request(datasets, passes, 2 if shape == "federated" else 1, pay)

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK, sender=st.sampled_from(["treasury", "treasury", "researcher"]), right=st.integers(0, 4))
    def approve(self, pick: int, sender: str, right: int) -> None:
        self.world.act("approve", sender, self._job(pick), right > 0)

    @precondition(lambda self: self.world.model.jobs)
    @rule(
        pick=PICK,
        sender=ROLES,
        which=st.integers(0, 1),
        call=st.sampled_from(["consent", "withdraw_consent"]),
    )
    def consent(self, pick: int, sender: str, which: int, call: str) -> None:
        self.world.act(call, sender, self._job(pick), self._datasets()[which])

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK, which=st.integers(0, 1))
    def consent_by_the_owner(self, pick: int, which: int) -> None:
        dataset = self._datasets()[which]
        self.world.act("consent", self.world.model.datasets[dataset].owner, self._job(pick), dataset)

    @rule(which=st.integers(0, 1), to=st.sampled_from(["provider", "member"]))
    def transfer_a_dataset(self, which: int, to: str) -> None:
        self.world.transfer(self._datasets()[which], to)

    @rule(which=st.integers(0, 1), is_standing=st.booleans())
    def set_standing_consent(self, which: int, is_standing: bool) -> None:
        self.world.set_standing(self._datasets()[which], is_standing)

    @rule(bps=st.sampled_from([0, 250, 1_000]))
    def set_the_fee(self, bps: int) -> None:
        self.world.set_fee(bps)

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK, sender=EXECUTORS, task=st.integers(0, 2))
    def claim(self, pick: int, sender: str, task: int) -> None:
        self.world.act("claim", sender, self._job(pick), task)

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK, sender=EXECUTORS, task=st.integers(0, 1))
    def extend(self, pick: int, sender: str, task: int) -> None:
        self.world.act("extend", sender, self._job(pick), task)

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK, sender=EXECUTORS, task=st.integers(0, 1), epoch=st.sampled_from([1, 1, 1, 2, 0]))
    def post(self, pick: int, sender: str, task: int, epoch: int) -> None:
        self.world.act("post_result", sender, self._job(pick), task, epoch)

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK, task=st.integers(0, 1))
    def post_by_the_claimer(self, pick: int, task: int) -> None:
        tasks = self.world.model.jobs[self._job(pick)].tasks
        claimed = tasks[task % len(tasks)]
        sender = claimed.executor or "executor"
        self.world.act("post_result", sender, self._job(pick), task % len(tasks), claimed.epoch)

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK)
    def go_on(self, pick: int) -> None:
        """The next step of the main road, so that sequences get to its end."""
        number = self._job(pick)
        job = self.world.model.jobs[number]
        missing = [dataset for dataset in job.datasets if not self.world.model.has_consent(job, dataset)]
        unclaimed = [i for i, task in enumerate(job.tasks) if not task.epoch]
        unposted = [i for i, task in enumerate(job.tasks) if task.epoch and not task.has_result]
        if missing:
            self.world.act("consent", self.world.model.datasets[missing[0]].owner, number, missing[0])
        elif job.state == REQUESTED:
            self.world.act("approve", "treasury", number, True)
        elif unposted:
            task = job.tasks[unposted[0]]
            self.world.act("post_result", task.executor, number, unposted[0], task.epoch)
        elif unclaimed:
            self.world.act("claim", "executor", number, unclaimed[pick % len(unclaimed)])
        elif pick % 2:
            self._go_on_with_a_dispute(number, pick)
        else:
            self.world.act("settle", "stranger", number)

    def _go_on_with_a_dispute(self, number: int, pick: int) -> None:
        dispute = self.world.model.disputes.get(number)
        if dispute is None or dispute.state != OPEN_DISPUTE:
            self.world.act("challenge", "provider", number, pick % len(self.world.model.jobs[number].tasks))
        elif not dispute.said:
            self.world.act("attest", "contributor", number, pick % 3 == 0)
        else:
            self.world.wait(max(0, dispute.attest_by - self.world.model.now))
            self.world.act("close", "stranger", number)

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK, call=st.sampled_from(["settle", "expire"]))
    def poke(self, pick: int, call: str) -> None:
        self.world.act(call, "stranger", self._job(pick))

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK, sender=st.sampled_from(["researcher", "researcher", "stranger"]))
    def cancel(self, pick: int, sender: str) -> None:
        self.world.act("cancel", sender, self._job(pick))

    @precondition(lambda self: self._in(WINDOW))
    @rule(pick=PICK, sender=CHALLENGERS, task=st.integers(0, 1))
    def challenge(self, pick: int, sender: str, task: int) -> None:
        jobs = self._in(WINDOW)
        self.world.act("challenge", sender, jobs[pick % len(jobs)], task)

    @precondition(lambda self: self.world.model.jobs)
    @rule(pick=PICK)
    def challenge_at_any_time(self, pick: int) -> None:
        self.world.act("challenge", "provider", self._job(pick), pick % 3)

    @precondition(lambda self: self.world.model.disputes)
    @rule(pick=PICK, sender=ATTESTERS, is_right=st.booleans())
    def attest(self, pick: int, sender: str, is_right: bool) -> None:
        jobs = self._in(DISPUTED) or list(self.world.model.disputes)
        self.world.act("attest", sender, jobs[pick % len(jobs)], is_right)

    @precondition(lambda self: self.world.model.disputes)
    @rule(pick=PICK, is_late=st.booleans())
    def close(self, pick: int, is_late: bool) -> None:
        jobs = self._in(DISPUTED) or list(self.world.model.disputes)
        number = jobs[pick % len(jobs)]
        dispute = self.world.model.disputes[number]
        if is_late and dispute.state == OPEN_DISPUTE:
            self.world.wait(max(0, dispute.attest_by - self.world.model.now))
        self.world.act("close", "stranger", number)

    @rule(call=st.sampled_from(["stake", "request_unstake"]), amount=st.sampled_from([0, 1, 40 * 10**6]))
    def stake(self, call: str, amount: int) -> None:
        self.world.act(call, "executor", amount)

    @rule(
        sender=st.sampled_from(["executor", "executor", "provider"]),
        is_late=st.booleans(),
        is_patient=st.sampled_from([False, False, True]),
    )
    def unstake(self, sender: str, is_late: bool, is_patient: bool) -> None:
        """Waiting for it lets every deadline of an open job pass."""
        can_wait = is_late and (is_patient or not self.world.model.obligations())
        self.world.wait(UNSTAKE_SECONDS * can_wait)
        self.world.act("unstake", sender)

    @rule(sender=st.sampled_from(["treasury", "stranger"]), amount=st.sampled_from([1, 60 * 10**6]))
    def slash(self, sender: str, amount: int) -> None:
        self.world.act("slash", sender, "executor", amount, "provider")

    @rule(sender=st.sampled_from(["treasury", "stranger"]), verifiers=st.integers(0, 2))
    def set_guardian_and_quorum(self, sender: str, verifiers: int) -> None:
        self.world.act("set_guardian", sender, "member")
        self.world.set_quorum(verifiers)

    @rule(sender=st.sampled_from(["member", "treasury"]), seconds=st.sampled_from([0, 5, 30]))
    def pause(self, sender: str, seconds: int) -> None:
        self.world.act("pause", sender, seconds)

    @rule(account=ROLES, call=st.sampled_from(["withdraw", *WITHDRAWALS]))
    def withdraw(self, account: str, call: str) -> None:
        self.world.act(call, account)

    @rule(seconds=st.sampled_from([1, 4, 5, 19, 20, 21, 30, 60]))
    def wait(self, seconds: int) -> None:
        self.world.wait(seconds)


@pytest.mark.parametrize("start", ["nothing", "half", "window", *ENDS])
def test_job_board_does_what_the_model_does_and_pays_everything_out(job_world, figures, is_deep, start):
    seen = prove(JobMachine, job_world, figures, is_deep=is_deep, parts=6, start_from=start)

    ends = {dispute[3] for state in figures.states[JobMachine.proof] for dispute in state[1]}
    assert ENDS.get(start, OPEN_DISPUTE) in {*ends, OPEN_DISPUTE}, "the dispute came to its end"
    assert seen["distinct states"] > 10
    assert seen["distinct refusals"] > 3
