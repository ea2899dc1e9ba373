"""Executors and verifiers as ExecutorRegistry tells them: who was admitted, with which keys and stake."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Bytes32Field, Uint256Field


class Executor(ProjectedModel):
    """An address that was ever admitted or put up a stake. `number` is its place in that order, from 1."""

    address = AddressField(primary_key=True)
    number = models.BigIntegerField(unique=True)
    is_admitted = models.BooleanField(default=False)
    is_verifier = models.BooleanField(default=False)
    admitted_at = models.BigIntegerField(null=True)
    removed_at = models.BigIntegerField(null=True)
    staked_units = Uint256Field(default=0)
    leaving_units = Uint256Field(default=0)
    leaves_at = Uint256Field(null=True)  # type: ignore[misc]  # as in qjobs.models.job
    slashed_units = Uint256Field(default=0)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"executor {self.address}"


class ExecutorKey(ProjectedModel):
    """A signing key and an age recipient, in force until the executor's next ones."""

    key_id = models.CharField(primary_key=True, max_length=64, help_text="<executor>-<number>")
    executor = AddressField(db_index=True)
    number = models.IntegerField()
    signing_key = Bytes32Field()
    age_recipient = models.TextField(blank=True, help_text="as age writes it; raw hex where it is no text")
    since = models.BigIntegerField()

    class Meta:
        ordering = ["executor", "-number"]

    def __str__(self) -> str:
        return f"key {self.number} of {self.executor}"


class StakeCredit(ProjectedModel):
    """What ExecutorRegistry or DisputeBook owes an account, in the one stake token."""

    credit_id = models.CharField(primary_key=True, max_length=70, help_text="<contract>-<account>")
    contract = models.CharField(max_length=20)
    account = AddressField(db_index=True)
    credited_units = Uint256Field(default=0)
    withdrawn_units = Uint256Field(default=0)

    def __str__(self) -> str:
        return f"{self.contract} owes {self.account} {self.available_units}"

    @property
    def available_units(self) -> int:
        """What the account may withdraw now."""
        return self.credited_units - self.withdrawn_units

    @staticmethod
    def key_of(contract: str, account: str) -> str:
        return f"{contract}-{account}"
