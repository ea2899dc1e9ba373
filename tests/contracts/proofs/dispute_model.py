"""Disputes, stakes and the guardian's pause in plain Python, on top of the job model."""

from collections import Counter
from dataclasses import dataclass, field

from job_model import DISPUTED, EXPIRED, OPEN, WINDOW, JobModel, require

OPEN_DISPUTE, LOST, REJECTED, TIED = 1, 2, 3, 4
ATTEST_SECONDS = 60
DAY = 86_400
UNSTAKE_SECONDS = 75 * DAY
LONGEST_PAUSE = 7 * DAY


@dataclass
class Dispute:
    challenger: str
    task: int
    executor: str
    attest_by: int
    quorum: int
    said: dict[str, bool] = field(default_factory=dict)
    state: int = OPEN_DISPUTE

    @property
    def wrong(self) -> int:
        return sum(not is_right for is_right in self.said.values())

    @property
    def right(self) -> int:
        return sum(self.said.values())

    def outcome(self) -> int:
        if len(self.said) < self.quorum or self.wrong == self.right:
            return TIED
        return LOST if self.wrong > self.right else REJECTED


@dataclass(kw_only=True)
class DisputeModel(JobModel):
    """`bonds` and `stake_credits` are what DisputeBook and ExecutorRegistry owe."""

    verifiers: set[str]
    bond: int
    most_slashed: int
    quorum: int = 0
    guardian: str = ""
    is_armed: bool = False
    disputes: dict[int, Dispute] = field(default_factory=dict)
    challenged: set[tuple[int, int]] = field(default_factory=set)
    stakes: Counter[str] = field(default_factory=Counter)
    leaving: Counter[str] = field(default_factory=Counter)
    leaves_at: dict[str, int] = field(default_factory=dict)
    bonds: Counter[str] = field(default_factory=Counter)
    stake_credits: Counter[str] = field(default_factory=Counter)

    def bonds_held(self) -> int:
        """Bonds of open disputes, and what closed ones left to be withdrawn."""
        return self.bond * sum(d.state == OPEN_DISPUTE for d in self.disputes.values()) + self.bonds.total()

    def stakes_held(self) -> int:
        return self.stakes.total() + self.leaving.total() + self.stake_credits.total()

    def open_tasks(self, executor: str) -> int:
        """Tasks of jobs that have not ended, which the executor claimed last."""
        return sum(
            task.executor == executor for job in self.jobs.values() if job.state in OPEN for task in job.tasks
        )

    def challenge(self, sender: str, number: int, task: int) -> None:
        job = self.jobs[number]
        require(task < len(job.tasks), "JobBoard: no such task")
        require(job.tasks[task].has_result, "DisputeBook: task has no result")
        require((number, task) not in self.challenged, "DisputeBook: task was challenged before")
        is_open = job.state == WINDOW and self.now < job.window_ends_at
        require(is_open, "JobBoard: no window is open for a challenge")
        executor, attest_by = job.tasks[task].executor, self.now + ATTEST_SECONDS
        self.disputes[number] = Dispute(sender, task, executor, attest_by, self.quorum)
        self.challenged.add((number, task))
        self.paid[sender] += self.bond
        job.state = DISPUTED

    def attest(self, sender: str, number: int, is_right: bool) -> None:
        dispute = self._open_dispute(number)
        require(self.now <= dispute.attest_by, "DisputeBook: attest-by has passed")
        require(sender in self.verifiers, "DisputeBook: not a verifier")
        is_party = sender in (dispute.executor, dispute.challenger)
        require(not is_party, "DisputeBook: a party cannot attest")
        require(sender not in dispute.said, "DisputeBook: already attested")
        dispute.said[sender] = is_right

    def close(self, number: int) -> None:
        dispute, job = self._open_dispute(number), self.jobs[number]
        require(self.now > dispute.attest_by, "DisputeBook: verifiers still have time")
        dispute.state = dispute.outcome()
        receiver = dispute.executor if dispute.state == REJECTED else dispute.challenger
        self.bonds[receiver] += self.bond
        if dispute.state == LOST:
            self._refund(job, EXPIRED)
            self._split_slash(dispute)
        elif sum(job_id == number for job_id, _ in self.challenged) < job.posted:
            self._open_window(job)
        else:
            job.state, job.window_ends_at = WINDOW, self.now

    def stake(self, sender: str, amount: int) -> None:
        require(amount > 0, "Stakes: no amount")
        self.stakes[sender] += amount
        self.paid[sender] += amount

    def request_unstake(self, sender: str, amount: int) -> None:
        require(0 < amount <= self.stakes[sender], "Stakes: not that much at stake")
        self.stakes[sender] -= amount
        self.leaving[sender] += amount
        self.leaves_at[sender] = self.now + UNSTAKE_SECONDS

    def unstake(self, sender: str) -> None:
        require(self.leaving[sender] > 0, "Stakes: nothing is leaving")
        require(self.now >= self.leaves_at[sender], "Stakes: too early to leave")
        require(self.open_tasks(sender) == 0, "Stakes: a task is still open")
        self.stake_credits[sender] += self.leaving.pop(sender)

    def slash(self, sender: str, executor: str, amount: int, beneficiary: str) -> None:
        require(sender == self.treasury, "Stakes: neither Timelock nor DisputeBook")
        self._take_stake(executor, amount, beneficiary)

    def withdraw_bond(self, account: str) -> None:
        require(self.bonds[account] > 0, "Credits: nothing to withdraw")
        self.withdrawn[account] += self.bonds.pop(account)

    def withdraw_stake(self, account: str) -> None:
        require(self.stake_credits[account] > 0, "Credits: nothing to withdraw")
        self.withdrawn[account] += self.stake_credits.pop(account)

    def set_guardian(self, sender: str, guardian: str) -> None:
        require(sender == self.treasury, "ParameterBook: not the Timelock")
        self.guardian, self.is_armed, self.paused_until = guardian, True, 0

    def pause(self, sender: str, seconds: int) -> None:
        require(sender == self.guardian, "ParameterBook: not the guardian")
        require(self.is_armed, "ParameterBook: pause is spent")
        is_short = 1 <= seconds <= LONGEST_PAUSE
        require(is_short, "ParameterBook: a pause lasts 1 second to 7 days")
        self.is_armed, self.paused_until = False, self.now + seconds

    def _open_dispute(self, number: int) -> Dispute:
        dispute = self.disputes.get(number)
        require(dispute is not None and dispute.state == OPEN_DISPUTE, "DisputeBook: no dispute is open")
        return self.disputes[number]

    def _split_slash(self, dispute: Dispute) -> None:
        executor = dispute.executor
        taken = min(self.most_slashed, self.stakes[executor] + self.leaving[executor])
        self._take_stake(executor, taken // 2, dispute.challenger)
        self._take_stake(executor, taken - taken // 2, self.treasury)

    def _take_stake(self, executor: str, amount: int, beneficiary: str) -> None:
        for pot in (self.stakes, self.leaving):
            taken = min(amount, pot[executor])
            pot[executor] -= taken
            amount -= taken
            self.stake_credits[beneficiary] += taken
