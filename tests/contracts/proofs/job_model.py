"""JobBoard's rules in plain Python: what each call refuses, and what it leaves behind.

The proofs compare it with the contract after every step. Accounts are names of roles; times are unix
seconds; amounts are base units of one token.
"""

from collections import Counter
from dataclasses import dataclass, field

REQUESTED, APPROVED, RUNNING, WINDOW, SETTLED, CANCELLED, EXPIRED, DISPUTED = range(1, 9)
OPEN = (REQUESTED, APPROVED, RUNNING, WINDOW, DISPUTED)
WINDOW_SECONDS = 5
WHOLE = 10_000


class Refused(Exception):
    """The call reverts with these words."""


def require(holds: bool, words: str) -> None:
    if not holds:
        raise Refused(words)


@dataclass
class Dataset:
    owner: str
    payees: dict[str, int]
    fee: int
    is_standing: bool
    epoch: int = 0


@dataclass
class Pass:
    """0 of `uses` in all is any number."""

    uses: int
    left: int


@dataclass
class Task:
    """`let_lapse` are those whose claim somebody else took over."""

    executor: str = ""
    epoch: int = 0
    run_by: int = 0
    is_extended: bool = False
    has_result: bool = False
    let_lapse: frozenset[str] = frozenset()


@dataclass
class Job:
    datasets: list[int]
    passes: list[int]
    fees: list[int]
    tasks: list[Task]
    pay: int
    treasury_fee: int
    approve_by: int
    claim_by: int
    run_seconds: int
    state: int = REQUESTED
    window_ends_at: int = 0
    is_approved: bool = False
    consents: dict[int, int] = field(default_factory=dict)

    @property
    def escrow(self) -> int:
        return self.pay * len(self.tasks) + sum(self.fees) + self.treasury_fee

    @property
    def posted(self) -> int:
        return sum(task.has_result for task in self.tasks)

    @property
    def claimed(self) -> int:
        return sum(task.epoch > 0 for task in self.tasks)


@dataclass
class JobModel:
    """All jobs of one requester, with the datasets and passes that they use."""

    requester: str
    treasury: str
    datasets: dict[int, Dataset]
    passes: dict[int, Pass]
    executors: set[str]
    fee_bps: int
    now: int = 0
    jobs: dict[int, Job] = field(default_factory=dict)
    credits: Counter[str] = field(default_factory=Counter)
    withdrawn: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)
    settlements: Counter[int] = field(default_factory=Counter)
    paused_until: int = 0

    def obligations(self) -> int:
        return sum(job.escrow for job in self.jobs.values() if job.state in OPEN)

    def request(self, datasets: list[int], passes: list[int], tasks: int, pay: int, deadlines: tuple) -> None:
        for number in passes:
            held = self.passes[number]
            require(held.uses == 0 or held.left > 0, "PassNotUsable")
        for number in passes:
            self.passes[number].left -= self.passes[number].uses > 0
        job = Job(
            datasets=datasets,
            passes=passes,
            fees=[self.datasets[number].fee for number in datasets],
            tasks=[Task() for _ in range(tasks)],
            pay=pay,
            treasury_fee=pay * tasks * self.fee_bps // WHOLE,
            approve_by=deadlines[0],
            claim_by=deadlines[1],
            run_seconds=deadlines[2],
        )
        self.jobs[len(self.jobs) + 1] = job
        self.paid[self.requester] += job.escrow

    def approve(self, sender: str, number: int, is_digest_right: bool) -> None:
        job = self.jobs[number]
        require(sender == self.treasury, "JobBoard: not the Timelock")
        require(self.now >= self.paused_until, "JobBoard: approvals are paused")
        require(job.state == REQUESTED, "JobBoard: job does not wait for approval")
        require(is_digest_right, "JobBoard: digest is not the requested one")
        require(self.now <= job.approve_by, "JobBoard: approve-by has passed")
        job.state, job.is_approved = APPROVED, True

    def consent(self, sender: str, number: int, dataset: int) -> None:
        self._require_owner(sender, self.jobs[number], dataset)
        self.jobs[number].consents[dataset] = self.datasets[dataset].epoch

    def withdraw_consent(self, sender: str, number: int, dataset: int) -> None:
        job = self.jobs[number]
        self._require_owner(sender, job, dataset)
        require(dataset in job.consents, "JobBoard: no consent to withdraw")
        del job.consents[dataset]

    def transfer(self, dataset: int, to: str) -> None:
        moved = self.datasets[dataset]
        moved.owner, moved.is_standing, moved.epoch = to, False, moved.epoch + 1

    def claim(self, sender: str, number: int, task: int) -> None:
        job = self.jobs[number]
        require(sender in self.executors, "JobBoard: not an executor")
        require(self.now >= self.paused_until, "JobBoard: claims are paused")
        require(job.state in (APPROVED, RUNNING), "JobBoard: job cannot be claimed")
        require(task < len(job.tasks), "JobBoard: no such task")
        require(self.now <= job.claim_by, "JobBoard: claim-by has passed")
        claimed = job.tasks[task]
        require(not claimed.has_result, "JobBoard: task has its result")
        before = claimed.let_lapse | ({claimed.executor} if claimed.epoch else set())
        require(claimed.epoch == 0 or self.now > claimed.run_by, "JobBoard: task is claimed")
        require(sender not in before, "JobBoard: this executor let the task lapse")
        needed = job.datasets if len(job.tasks) == 1 or not job.claimed else [job.datasets[task]]
        require(all(self.has_consent(job, dataset) for dataset in needed), "JobBoard: consent is missing")
        run_by = self.now + job.run_seconds
        job.tasks[task] = Task(sender, claimed.epoch + 1, run_by, let_lapse=before)
        job.state = RUNNING

    def extend(self, sender: str, number: int, task: int) -> None:
        job = self.jobs[number]
        claimed = self._claimed_by(sender, job, task)
        require(self.now <= claimed.run_by, "JobBoard: run-by has passed")
        require(not claimed.is_extended, "JobBoard: already extended")
        claimed.run_by, claimed.is_extended = claimed.run_by + job.run_seconds, True

    def post_result(self, sender: str, number: int, task: int, epoch: int) -> None:
        job = self.jobs[number]
        claimed = self._claimed_by(sender, job, task)
        require(claimed.epoch == epoch, "JobBoard: epoch has moved on")
        claimed.has_result = True
        if job.posted == len(job.tasks):
            self._open_window(job)

    def settle(self, number: int) -> None:
        job = self.jobs[number]
        require(job.state == WINDOW, "JobBoard: no window is open")
        require(self.now >= job.window_ends_at, "JobBoard: window is still open")
        job.state = SETTLED
        self.settlements[number] += 1
        before = self.credits.total()
        for task in job.tasks:
            self.credits[task.executor] += job.pay * task.has_result
        for i, dataset in enumerate(job.datasets):
            if len(job.tasks) == 1 or job.tasks[i].has_result:
                self._pay_payees(self.datasets[dataset], job.fees[i])
            else:
                self._release(job.passes[i])
        self.credits[self.treasury] += job.treasury_fee * job.posted // len(job.tasks)
        self.credits[self.requester] += job.escrow - (self.credits.total() - before)

    def cancel(self, sender: str, number: int) -> None:
        job = self.jobs[number]
        require(sender == self.requester, "JobBoard: not the requester")
        require(job.state in (REQUESTED, APPROVED, RUNNING), "JobBoard: job cannot be cancelled")
        require(job.posted == 0, "JobBoard: job has a result")
        require(not self.has_live_claim(job), "JobBoard: a claim is running")
        self._refund(job, CANCELLED)

    def expire(self, number: int) -> None:
        job = self.jobs[number]
        require(self.is_overdue(job), "JobBoard: job is not overdue")
        if job.posted:
            self._open_window(job)
        else:
            self._refund(job, EXPIRED)

    def withdraw(self, account: str) -> None:
        require(self.credits[account] > 0, "Credits: nothing to withdraw")
        self.withdrawn[account] += self.credits.pop(account)

    def has_consent(self, job: Job, dataset: int) -> bool:
        owned = self.datasets[dataset]
        return owned.is_standing or job.consents.get(dataset) == owned.epoch

    def has_live_claim(self, job: Job) -> bool:
        return any(not task.has_result and task.epoch and self.now <= task.run_by for task in job.tasks)

    def is_overdue(self, job: Job) -> bool:
        is_past_claim_by = self.now > job.claim_by
        if job.state == REQUESTED:
            return self.now > job.approve_by
        if job.state == APPROVED:
            lacks_consent = not all(self.has_consent(job, dataset) for dataset in job.datasets)
            return is_past_claim_by or (self.now > job.approve_by and lacks_consent)
        if job.state != RUNNING or self.has_live_claim(job):
            return False
        return is_past_claim_by or (job.posted > 0 and job.claimed == len(job.tasks))

    def _require_owner(self, sender: str, job: Job, dataset: int) -> None:
        require(job.state in (REQUESTED, APPROVED, RUNNING), "JobBoard: job is past consent")
        require(dataset in job.datasets, "JobBoard: dataset is not in the job")
        require(self.datasets[dataset].owner == sender, "JobBoard: not the owner of the dataset")

    def _claimed_by(self, sender: str, job: Job, task: int) -> Task:
        claimed = job.tasks[task] if task < len(job.tasks) else Task()
        require(job.state == RUNNING, "JobBoard: job is not running")
        require(claimed.executor == sender, "JobBoard: not the claimer")
        require(not claimed.has_result, "JobBoard: task has its result")
        return claimed

    def _open_window(self, job: Job) -> None:
        job.state, job.window_ends_at = WINDOW, self.now + WINDOW_SECONDS

    def _refund(self, job: Job, state: int) -> None:
        job.state = state
        self.credits[self.requester] += job.escrow
        for number in job.passes:
            self._release(number)

    def _release(self, number: int) -> None:
        self.passes[number].left += self.passes[number].uses > 0

    def _pay_payees(self, dataset: Dataset, fee: int) -> None:
        left = fee
        for i, (payee, part) in enumerate(dataset.payees.items(), start=1):
            share = left if i == len(dataset.payees) else fee * part // WHOLE
            self.credits[payee] += share
            left -= share
