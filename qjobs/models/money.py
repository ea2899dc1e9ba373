"""What JobBoard credits and pays out, in base units of a token."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Uint256Field


class JobCredit(ProjectedModel):
    """What JobBoard ever credited to an account, and what the account took out."""

    credit_id = models.CharField(primary_key=True, max_length=90, help_text="<account>-<token>")
    account = AddressField(db_index=True)
    token = AddressField()
    credited_units = Uint256Field(default=0)
    withdrawn_units = Uint256Field(default=0)

    def __str__(self) -> str:
        return f"{self.account} {self.available_units} of {self.token}"

    @property
    def available_units(self) -> int:
        """What the account may withdraw now."""
        return self.credited_units - self.withdrawn_units

    @staticmethod
    def key_of(account: str, token: str) -> str:
        return f"{account}-{token}"


class JobPayout(ProjectedModel):
    """What one job credited to one account."""

    payout_id = models.CharField(primary_key=True, max_length=120, help_text="<job>-<account>-<token>")
    job_id = models.BigIntegerField(db_index=True)
    account = AddressField(db_index=True)
    token = AddressField()
    units = Uint256Field(default=0)

    class Meta:
        ordering = ["job_id", "-units", "payout_id"]

    def __str__(self) -> str:
        return f"job {self.job_id}: {self.units} to {self.account}"
