"""Prepares what executors and verifiers do with their stakes, and what bonds and stakes are paid out."""

from chain.bindings import dispute_book, executor_registry
from chain.client import PAGE_TIMEOUT_SECONDS, client
from chain.deployments import address_of
from chain.prepared import PreparedTransaction, prepare
from common.errors import Conflict, InvalidInput
from common.moments import duration_text, moment_text
from governance.selectors.clock import chain_time
from qjobs.errors import NothingToWithdraw
from qjobs.models import Executor, StakeCredit
from qjobs.selectors.executors import open_tasks_of
from qjobs.services.approvals import Approved, exact_approval, stake_terms

_WITHDRAW = {"ExecutorRegistry": executor_registry.WITHDRAW, "DisputeBook": dispute_book.WITHDRAW}
SOURCES = tuple(_WITHDRAW)


def prepare_stake(*, units: int, sender: str) -> Approved:
    """More at stake; raises Conflict where the wallet holds less."""
    if units == 0:
        raise InvalidInput("Put up more than nothing.", field="amount")
    terms = stake_terms()
    approval = exact_approval(terms.token, owner=sender, spender="ExecutorRegistry", units=units)
    wait = client(PAGE_TIMEOUT_SECONDS).read(
        address_of("ExecutorRegistry"), executor_registry.UNSTAKE_SECONDS
    )
    transaction = prepare(
        "ExecutorRegistry",
        executor_registry.STAKE,
        summary=f"Put up {terms.token.text(units)} as a stake",
        details=[
            terms.token.detail("Amount", units),
            ("A lost dispute takes at most", terms.token.text(terms.most_slashed)),
            ("It leaves", f"{duration_text(wait)} after you ask, once the jobs of your tasks have ended"),
        ],
        amount=units,
    )
    return Approved(approval, transaction)


def prepare_leaving(*, units: int, sender: str) -> PreparedTransaction:
    """Starts the leaving of a part of the sender's stake; raises Conflict where there is not that much."""
    row = Executor.objects.filter(pk=sender).first()
    staked = 0 if row is None else row.staked_units
    token = stake_terms().token
    if not 0 < units <= staked:
        raise Conflict(f"You have {token.text(staked)} at stake.", code="not_at_stake")
    details: list[tuple[str, object]] = [("Stays at stake", token.text(staked - units))]
    if row is not None and row.leaving_units:
        details.append(("Waits anew", token.text(row.leaving_units)))
    return prepare(
        "ExecutorRegistry",
        executor_registry.REQUEST_UNSTAKE,
        summary=f"Ask for {token.text(units)} of your stake back",
        details=details,
        amount=units,
    )


def prepare_unstake(*, sender: str) -> PreparedTransaction:
    """Credits what was leaving and may leave now; raises Conflict before that."""
    row = Executor.objects.filter(pk=sender).first()
    if row is None or not row.leaving_units:
        raise Conflict("Nothing of your stake is leaving.", code="nothing_leaving")
    if row.leaves_at is not None and chain_time() < row.leaves_at:
        raise Conflict(f"It may leave from {moment_text(int(row.leaves_at))} on.", code="too_early_to_leave")
    tasks = open_tasks_of(sender)
    if tasks:
        words = "a task of yours belongs" if tasks == 1 else f"{tasks} tasks of yours belong"
        raise Conflict(f"Not yet: {words} to a job that has not ended.", code="task_open")
    amount = stake_terms().token.text(row.leaving_units)
    return prepare("ExecutorRegistry", executor_registry.UNSTAKE, summary=f"Release {amount} of your stake")


def prepare_stake_withdrawal(*, source: str, sender: str) -> tuple[PreparedTransaction, int]:
    """What one of the two contracts owes the sender, and the transaction that takes it out."""
    if source not in _WITHDRAW:
        raise InvalidInput(f"The source is one of {', '.join(SOURCES)}.", field="source")
    credit = StakeCredit.objects.filter(pk=StakeCredit.key_of(source, sender)).first()
    if credit is None or not credit.available_units:
        raise NothingToWithdraw(f"{source} owes this account nothing.")
    token = stake_terms().token
    transaction = prepare(
        source,
        _WITHDRAW[source],
        summary=f"Withdraw {token.text(credit.available_units)} from {source}",
        details=[token.detail("Amount", credit.available_units), ("To", sender)],
        token=token.address,
    )
    return transaction, credit.available_units
