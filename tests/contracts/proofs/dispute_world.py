"""JobBoard, DisputeBook, ExecutorRegistry and the guardian on Anvil, moved together with their model."""

from typing import Any

from deployment.parameters import short_name
from dispute_model import ATTEST_SECONDS, OPEN_DISPUTE, UNSTAKE_SECONDS, DisputeModel
from fast_chain import Read
from job_world import JobWorld

DIGESTS = {"challenge": (b"\xd1" * 32,), "attest": (b"\xd2" * 32,)}
CALLED = {
    **dict.fromkeys(("challenge", "attest", "close", "withdraw_bond"), "disputes"),
    **dict.fromkeys(("stake", "request_unstake", "unstake", "slash", "withdraw_stake"), "registry"),
    **dict.fromkeys(("set_guardian", "pause"), "book"),
}
STAKERS = ("executor", "provider")
WITHDRAWALS = ("withdraw", "withdraw_bond", "withdraw_stake")


class DisputeWorld(JobWorld):
    """JobWorld with challenges, stakes and pauses."""

    model: DisputeModel

    def __post_init__(self) -> None:
        self.disputes, self.registry = map(self.commons.addresses.get, ("DisputeBook", "ExecutorRegistry"))
        super().__post_init__()

    def set_quorum(self, verifiers: int) -> None:
        """Holds for later disputes alone, as their ends show."""
        timelock = self.accounts[self.model.treasury]
        self._must(timelock, self.book, "set_value", short_name("verifier_quorum"), verifiers)
        self.model.quorum = verifiers

    def expected(self) -> dict[Read, Any]:
        """As of jobs; and bonds, stakes and disputes are what the model says."""
        model = self.model
        return {
            **super().expected(),
            **self._credits(self.disputes, model.bonds),
            **self._credits(self.registry, model.stake_credits),
            **{
                Read(self.registry, "stake_of", (self.accounts[role],)): model.stakes[role]
                for role in STAKERS
            },
            **{
                Read(self.board, "open_tasks_of", (self.accounts[role],)): model.open_tasks(role)
                for role in self.accounts
            },
            **{
                Read(self.registry, "leaving_of", (self.accounts[role],)): model.leaving[role]
                for role in STAKERS
            },
            **{
                Read(self.disputes, "get_dispute", (self.first_job + number,), (4, 5, 6, 7)): (
                    dispute.wrong,
                    dispute.right,
                    dispute.state,
                    dispute.quorum,
                )
                for number, dispute in model.disputes.items()
            },
            Read(self.book, "paused_until"): model.paused_until,
        }

    def shape(self) -> Any:
        now, model = self.model.now + 1, self.model
        disputes = tuple(
            (
                number,
                d.challenger,
                d.task,
                d.state,
                d.quorum,
                tuple(sorted(d.said.items())),
                now > d.attest_by,
            )
            for number, d in sorted(model.disputes.items())
        )
        stakes = tuple(sorted(role for role, amount in model.stakes.items() if amount))
        leaving = tuple(
            sorted((role, now >= model.leaves_at[role]) for role, amount in model.leaving.items() if amount)
        )
        pause = (model.guardian, model.is_armed, now < model.paused_until)
        owed = tuple(sorted(r for kept in (model.bonds, model.stake_credits) for r in kept if kept[r]))
        return super().shape(), disputes, tuple(sorted(model.challenged)), stakes, leaving, pause, owed

    def end_job(self, number: int) -> None:
        dispute = self.model.disputes.get(number)
        if dispute is not None and dispute.state == OPEN_DISPUTE:
            self.wait(ATTEST_SECONDS)
            assert self.act("close", "stranger", number) is None
        super().end_job(number)

    def drain(self) -> None:
        """As of jobs, and every bond and stake leaves as well."""
        self.end_jobs()
        for role in [role for role, amount in self.model.stakes.items() if amount]:
            assert self.act("request_unstake", role, self.model.stakes[role]) is None
        leaving = [role for role, amount in self.model.leaving.items() if amount]
        self.wait(UNSTAKE_SECONDS * bool(leaving))
        for role in leaving:
            assert self.act("unstake", role) is None
        self.pay_out()

    def _both(self, method: str, sender: str, arguments: tuple[Any, ...]) -> tuple[str, str, tuple, tuple]:
        if method not in CALLED:
            return super()._both(method, sender, arguments)
        self.model.now += 1
        contract = getattr(self, CALLED[method])
        if method in WITHDRAWALS:
            return contract, "withdraw", (self.dollar,), (sender,)
        if contract != self.disputes:
            on_chain = tuple(self.accounts.get(argument, argument) for argument in arguments)
            return contract, method, on_chain, (sender, *arguments)
        on_chain = (self.first_job + arguments[0], *arguments[1:], *DIGESTS.get(method, ()))
        return contract, method, on_chain, arguments if method == "close" else (sender, *arguments)

    def _held(self) -> dict[str, int]:
        bonds, stakes = self.model.bonds_held(), self.model.stakes_held()
        return super()._held() | {self.disputes: bonds, self.registry: stakes}

    def _owing(self) -> dict[str, Any]:
        kept = (self.model.credits, self.model.bonds, self.model.stake_credits)
        return dict(zip(WITHDRAWALS, kept, strict=True))
