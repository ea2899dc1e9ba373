"""One JobBoard on Anvil and its model in Python, moved together; any difference is an error."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from commons import QSVM, STATEVECTOR, Commons
from deployment.parameters import short_name
from fast_chain import FastChain
from job_model import OPEN, WINDOW, WINDOW_SECONDS, JobModel, Refused
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
        names = ("JobBoard", "TestDollar", "DatasetToken", "AccessPass", "ParameterBook")
        self.board, self.dollar, self.datasets, self.passes, self.book = map(
            self.commons.addresses.get, names
        )
        self.first_job = self.chain.read(self.board, "job_count")
        self.supply = self._all_dollars()
        self.beginning = deepcopy(self.model)
        self.before = {role: self.balance(role) for role in self.accounts}

    def begin(self) -> None:
        """From the start again, when the chain is back there."""
        self.model = deepcopy(self.beginning)
        self.states, self.refusals = set(), set()

    def wait(self, seconds: int) -> None:
        self.model.now += seconds

    def act(self, method: str, sender: str, *arguments: Any, **model_arguments: Any) -> str | None:
        """One call on JobBoard and on the model: both refuse with the same words, or both do it."""
        model_method, on_chain, to_model = self._both(method, sender, arguments)
        foreseen: str | None = None
        after = deepcopy(self.model)
        try:
            getattr(after, model_method)(*to_model)
        except Refused as refused:
            foreseen = str(refused)
        found = self._mine(self.accounts[sender], self.board, method, *on_chain)
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
        owed = {
            role: self.chain.read(self.board, "credit_of", self.accounts[role], self.dollar)
            for role in self.accounts
        }
        assert owed == {role: self.model.credits[role] for role in self.accounts}
        assert self.chain.read(self.board, "open_obligations", self.dollar) == self.model.obligations()
        held = self.chain.read(self.dollar, "balanceOf", self.board)
        assert held == self.model.obligations() + sum(owed.values())
        assert self._all_dollars() == self.supply
        for number in self.model.jobs:
            self._compare_job(number)
        for number, held_pass in self.model.passes.items():
            assert self.chain.read(self.passes, "passOf", number)[6] == held_pass.left
        self.states.add(self.shape())

    def shape(self) -> Any:
        """The state without amounts and absolute times: what can happen next depends on it alone."""
        now = self.model.now + 1
        jobs = tuple(
            (
                job.state,
                tuple(job.datasets),
                tuple(
                    (t.executor, min(t.epoch, 3), t.is_extended, t.has_result, now > t.run_by)
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
        self.wait(CLAIM + 2 * RUN)
        for number in self.model.jobs:
            if self.model.is_overdue(self.model.jobs[number]):
                assert self.act("expire", "stranger", number) is None
            self.wait(WINDOW_SECONDS)
            if self.model.jobs[number].state == WINDOW:
                assert self.act("settle", "stranger", number) is None
        assert all(job.state not in OPEN for job in self.model.jobs.values())
        for role in [role for role, amount in self.model.credits.items() if amount]:
            assert self.act("withdraw", role) is None
        assert self.chain.read(self.dollar, "balanceOf", self.board) == 0
        for role, before in self.before.items():
            assert self.balance(role) - before == self.model.withdrawn[role] - self._paid_in(role)

    def balance(self, role: str) -> int:
        return int(self.chain.read(self.dollar, "balanceOf", self.accounts[role]))

    def _paid_in(self, role: str) -> int:
        return sum(job.escrow for job in self.model.jobs.values()) if role == self.model.requester else 0

    def _all_dollars(self) -> int:
        holders = [*self.accounts.values(), self.board]
        return sum(self.chain.read(self.dollar, "balanceOf", holder) for holder in holders)

    def _compare_job(self, number: int) -> None:
        job = self.model.jobs[number]
        found = self.chain.read(self.board, "get_job", self.first_job + number)
        assert (found[2], found[15], found[16]) == (job.state, job.claimed, job.posted)
        assert (found[17] != 0) == (job.state == 5 and job.tasks[0].has_result), "a model without its result"
        assert self.model.settlements[number] == (job.state == 5), "settled other than once"
        assert not job.claimed or job.is_approved, "claimed without approval"

    def _mine(self, sender: str, contract: str, method: str, *arguments: Any) -> str | None:
        return self.chain.act(sender, contract, method, *arguments, at=self.model.now)

    def _must(self, sender: str, contract: str, method: str, *arguments: Any) -> None:
        self.model.now += 1
        assert self._mine(sender, contract, method, *arguments) is None

    def _both(self, method: str, sender: str, arguments: tuple[Any, ...]) -> tuple[str, tuple, tuple]:
        """The model's method, and the arguments in the contract's order and in the model's."""
        self.model.now += 1
        if method == "request":
            return "request", self._request(*arguments), arguments
        if method == "withdraw":
            return "withdraw", (self.dollar,), (sender,)
        number, *rest = arguments
        on_chain = (self.first_job + number, *rest)
        if method == "approve":
            on_chain = (on_chain[0], SPEC_DIGEST if rest[0] else OTHER_DIGEST)
        if method == "post_result":
            return "post", (*on_chain, ARTEFACT, METRICS, RUN_RECORD), (sender, *arguments)
        if method in ("settle", "expire"):
            return method, on_chain, arguments
        return method, on_chain, (sender, *arguments)

    def _request(
        self, datasets: list[int], passes: list[int], tasks: int, pay: int, deadlines: tuple
    ) -> tuple:
        terms = (QSVM, STATEVECTOR, 8, self.dollar, pay, *deadlines)
        return SPEC_DIGEST, (datasets, [1] * len(datasets), passes, [], tasks, *terms), MAX
