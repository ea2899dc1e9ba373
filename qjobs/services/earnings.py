"""The executor's earnings: what JobBoard owes it, and the intention to take it out."""

from django.conf import settings
from django.db import transaction

from chain.deployments import address_of
from chain.models import OutboxEntry, OutboxTransaction
from chain.outbox import enqueue
from qjobs.errors import NothingToWithdraw
from qjobs.models import JobCredit


def executor_address() -> str | None:
    """The address for which this deployment's executor key has signed, or None before its first transaction.

    The key itself is the sender's alone.
    """
    signed = OutboxTransaction.objects.filter(entry__sender=settings.EXECUTOR_KEY_NAME)
    return signed.order_by("-id").values_list("sender_address", flat=True).first()


def request_withdrawal(*, token: str) -> tuple[OutboxEntry, int]:
    """Notes that the executor's credit shall be taken out; gives the entry and the amount in base units.

    May be repeated: one credited sum is withdrawn once. Raises NothingToWithdraw.
    """
    account = executor_address()
    credit = (
        None if account is None else JobCredit.objects.filter(pk=JobCredit.key_of(account, token)).first()
    )
    if account is None or credit is None or not credit.available_units:
        raise NothingToWithdraw("JobBoard owes this executor nothing in this token.")
    with transaction.atomic():
        entry = enqueue(
            key=f"withdraw:{address_of('JobBoard')}:{token}:{credit.credited_units}",
            kind="withdraw",
            sender=settings.EXECUTOR_KEY_NAME,
            payload={"token": token},
        )
    return entry, credit.available_units
