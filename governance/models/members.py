"""Who holds votes and to whom they are lent, from the VoteToken's events."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Uint256Field


class Delegation(ProjectedModel):
    """To whom an account lends its votes; itself, where it votes on its own."""

    delegator = AddressField(primary_key=True)
    delegate = AddressField(db_index=True)

    def __str__(self) -> str:
        return f"{self.delegator} -> {self.delegate}"


class VotingPower(ProjectedModel):
    """The votes that an account may cast now: those delegated to it."""

    account = AddressField(primary_key=True)
    units = Uint256Field()

    class Meta:
        ordering = ["-units"]
        verbose_name_plural = "voting power"

    def __str__(self) -> str:
        return f"{self.account} {self.units}"


class PowerCheckpoint(ProjectedModel):
    """An account's voting power from a second on; what a proposal's snapshot looks up."""

    checkpoint_id = models.CharField(primary_key=True, max_length=80, help_text="<account>-<second>")
    account = AddressField()
    at = models.BigIntegerField()
    units = Uint256Field()

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="governance_power_at")]

    def __str__(self) -> str:
        return f"{self.account} {self.units} from {self.at}"


class VoteBalance(ProjectedModel):
    """How many VoteTokens an account holds; they count as votes only once delegated."""

    account = AddressField(primary_key=True)
    units = Uint256Field()

    class Meta:
        ordering = ["-units"]

    def __str__(self) -> str:
        return f"{self.account} {self.units}"
