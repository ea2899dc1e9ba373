"""One JobBoard on Anvil and its model in Python, moved together; any difference is an error."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from commons import QSVM, STATEVECTOR, Commons
from deployment.parameters import short_name
from fast_chain import FastChain, Read
from job_model import OPEN, SETTLED, WINDOW, WINDOW_SECONDS, JobModel, Refused
from stage import ARTEFACT, MAX, METRICS, RUN_RECORD, SPEC_DIGEST

OTHER_DIGEST = b"\x0d" * 32
APPROVE, CLAIM, RUN = 30, 90, 20


@dataclass
class JobWorld:
    """accounts: role -> address, the Timelock under the model's name for the treasury."""

    chain: FastChain
    commons: Commons
    accounts: dict[str, str]
    model: JobModel
    refusals: set[str] = field(default_factory=set)
    states: set[Any] = field(default_factory=set)

    def __post_init__(self) -> None:
        names = ("JobBoard", "TestDollar", "DatasetToken", "AccessPass", "ParameterBook", "ModelToken")
        self.board, self.dollar, self.datasets, self.passes, self.book, self.models = map(
            self.commons.addresses.get, names
        )
        self.first_model = self.chain.read(self.models, "modelCount")
        self.first_job = self.chain.read(self.board, "job_count")
        self.supply = self._all_dollars()
        self.beginning = deepcopy(self.model)
        self.before = {
            role: self.chain.read(self.dollar, "balanceOf", account) + self.model.paid[role]
            for role, account in self.accounts.items()
        }

    def begin(self) -> None:
        """From the start again, when the chain is back there."""
        self.model = deepcopy(self.beginning)
        self.states, self.refusals = set(), set()

    def kept(self) -> JobModel:
        return deepcopy(self.model)

    def restore(self, kept: JobModel) -> None:
        self.model = kept

    def wait(self, seconds: int) -> None:
        self.model.now += seconds

    def act(self, method: str, sender: str, *arguments: Any) -> str | None:
        """One call on the chain and on the model: both refuse with the same words, or both do it."""
        contract, name, on_chain, to_model = self._both(method, sender, arguments)
        foreseen: str | None = None
        after = deepcopy(self.model)
        try:
            getattr(after, method)(*to_model)
        except Refused as refused:
            foreseen = str(refused)
        found = self._mine(self.accounts[sender], contract, name, *on_chain)
        assert found == foreseen, f"{method}{arguments} by {sender}: chain {found}, model {foreseen}"
        if foreseen is None:
            self.model = after
        else:
            self.refusals.add(foreseen)
        self.compare()
        return foreseen

    def request(self, chosen: tuple[int, ...], passes: tuple[int, ...], tasks: int, pay: int) -> str | None:
        at = self.model.now + 1
        deadlines = (at + APPROVE, at + CLAIM, RUN)
        return self.act("request", self.model.requester, list(chosen), list(passes), tasks, pay, deadlines)

    def request_job_of(self, tasks: int) -> str | None:
        """A federated job on both datasets, or a plain one on that without standing consent."""
        datasets, passes = tuple(self.model.datasets), tuple(self.model.passes)
        return self.request(datasets[-tasks:], passes[-tasks:], tasks, 33)

    def open_window(self, tasks: int) -> None:
        """Job 1 with the results of all its tasks."""
        self.post_results(tasks, tasks)

    def post_results(self, tasks: int, posted: int) -> None:
        """Job 1 with the results of its first tasks."""
        self.request_job_of(tasks)
        self.act("consent", "provider", 1, list(self.model.datasets)[1])
        self.act("approve", "treasury", 1, True)
        for task in range(posted):
            self.act("claim", "executor", 1, task)
            self.act("post_result", "executor", 1, task, 1)

    def transfer(self, dataset: int, to: str) -> None:
        owner = self.accounts[self.model.datasets[dataset].owner]
        self._must(owner, self.datasets, "transferFrom", owner, self.accounts[to], dataset)
        self.model.transfer(dataset, to)

    def set_standing(self, dataset: int, is_standing: bool) -> None:
        owner = self.accounts[self.model.datasets[dataset].owner]
        self._must(owner, self.datasets, "setStandingConsent", dataset, is_standing)
        self.model.datasets[dataset].is_standing = is_standing

    def set_fee(self, bps: int) -> None:
        """Holds for later requests alone, as the amounts of open jobs show."""
        timelock = self.accounts[self.model.treasury]
        self._must(timelock, self.book, "set_value", short_name("job_fee_bps"), bps)
        self.model.fee_bps = bps

    def compare(self) -> None:
        """Escrow, credits, money and every job are what the model says."""
        expected = self.expected()
        found = dict(zip(expected, self.chain.read_all(list(expected)), strict=True))
        assert found == expected
        for number, job in self.model.jobs.items():
            assert self.model.settlements[number] == (job.state == SETTLED), "settled other than once"
            assert not job.claimed or job.is_approved, "claimed without approval"
        self.states.add(self.shape())

    def expected(self) -> dict[Read, Any]:
        """What every view has to say. A contract holds what it owes; the money of all is constant."""
        balances = {
            self.accounts[role]: before + self.model.withdrawn[role] - self.model.paid[role]
            for role, before in self.before.items()
        } | self._held()
        assert sum(balances.values()) == self.supply
        return {
            Read(self.board, "open_obligations", (self.dollar,)): self.model.obligations(),
            **{Read(self.dollar, "balanceOf", (holder,)): money for holder, money in balances.items()},
            **self._credits(self.board, self.model.credits),
            **{
                Read(self.passes, "passOf", (number,), (6,)): (held.left,)
                for number, held in self.model.passes.items()
            },
            **{
                Read(self.board, "get_job", (self.first_job + number,), (2, 15, 16)): (
                    job.state,
                    job.claimed,
                    job.posted,
                )
                for number, job in self.model.jobs.items()
            },
            Read(self.models, "modelCount"): self.first_model
            + sum(job.state == SETTLED and job.tasks[0].has_result for job in self.model.jobs.values()),
        }

    def shape(self) -> Any:
        """The state without amounts and absolute times: what can happen next depends on it alone."""
        now = self.model.now + 1
        jobs = tuple(
            (
                job.state,
                tuple(job.datasets),
                tuple(
                    (
                        t.executor,
                        min(t.epoch, 3),
                        t.is_extended,
                        t.has_result,
                        now > t.run_by,
                        tuple(sorted(t.let_lapse)),
                    )
                    for t in job.tasks
                ),
                (now > job.approve_by, now > job.claim_by, now >= job.window_ends_at),
                tuple(self.model.has_consent(job, dataset) for dataset in job.datasets),
                tuple(dataset in job.consents for dataset in job.datasets),
            )
            for job in self.model.jobs.values()
        )
        uses = tuple(held.left for held in self.model.passes.values())
        owners = tuple((owned.owner, owned.is_standing) for owned in self.model.datasets.values())
        return (
            jobs,
            uses,
            owners,
            tuple(sorted(role for role, amount in self.model.credits.items() if amount)),
        )

    def drain(self) -> None:
        """From here, calls that anyone may make and the passing of time pay everything out."""
        self.end_jobs()
        self.pay_out()

    def end_jobs(self) -> None:
        self.wait(CLAIM + 2 * RUN)
        for number in self.model.jobs:
            self.end_job(number)
        assert all(job.state not in OPEN for job in self.model.jobs.values())

    def end_job(self, number: int) -> None:
        if self.model.is_overdue(self.model.jobs[number]):
            assert self.act("expire", "stranger", number) is None
        self.wait(WINDOW_SECONDS)
        if self.model.jobs[number].state == WINDOW:
            assert self.act("settle", "stranger", number) is None

    def pay_out(self) -> None:
        """Everybody withdraws: our contracts hold nothing, everybody has what the model says."""
        for method, kept in self._owing().items():
            for role in [role for role, amount in kept.items() if amount]:
                assert self.act(method, role) is None
        assert set(self._held().values()) == {0}

    def _all_dollars(self) -> int:
        holders = [*self.accounts.values(), *self._held()]
        return sum(self.chain.read(self.dollar, "balanceOf", holder) for holder in holders)

    def _held(self) -> dict[str, int]:
        """The money of each of our contracts: what it holds for somebody, and what it owes."""
        return {self.board: self.model.obligations() + self.model.credits.total()}

    def _owing(self) -> dict[str, Any]:
        """What is owed, by the call that withdraws it."""
        return {"withdraw": self.model.credits}

    def _credits(self, contract: str, owed: Counter[str]) -> dict[Read, int]:
        return {
            Read(contract, "credit_of", (account, self.dollar)): owed[role]
            for role, account in self.accounts.items()
        }

    def _mine(self, sender: str, contract: str, method: str, *arguments: Any) -> str | None:
        return self.chain.act(sender, contract, method, *arguments, at=self.model.now)

    def _must(self, sender: str, contract: str, method: str, *arguments: Any) -> None:
        self.model.now += 1
        assert self._mine(sender, contract, method, *arguments) is None

    def _both(self, method: str, sender: str, arguments: tuple[Any, ...]) -> tuple[str, str, tuple, tuple]:
        """The contract and its method, and the arguments in the contract's order and in the model's."""
        self.model.now += 1
        if method == "request":
            return self.board, method, self._request(*arguments), arguments
        if method == "withdraw":
            return self.board, method, (self.dollar,), (sender,)
        number, *rest = arguments
        on_chain = (self.first_job + number, *rest)
        if method == "approve":
            on_chain = (on_chain[0], SPEC_DIGEST if rest[0] else OTHER_DIGEST)
        if method == "post_result":
            on_chain = (*on_chain, ARTEFACT, METRICS, RUN_RECORD)
        return (
            self.board,
            method,
            on_chain,
            arguments if method in ("settle", "expire") else (sender, *arguments),
        )

    def _request(
        self, datasets: list[int], passes: list[int], tasks: int, pay: int, deadlines: tuple
    ) -> tuple:
        terms = (QSVM, STATEVECTOR, 8, self.dollar, pay, *deadlines)
        return SPEC_DIGEST, (datasets, [1] * len(datasets), passes, [], tasks, *terms), MAX
