"""Proposals and the votes on them, from the Governor's events. All times are the chain's, in unix seconds."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Bytes32Field, Uint256Field


class Proposal(ProjectedModel):
    """One proposal. Its state is not stored: it follows from this row, the quorum and the chain's time."""

    proposal_id = Uint256Field(primary_key=True)
    proposer = AddressField(db_index=True)
    targets = models.JSONField()
    values_wei = models.JSONField(help_text="one decimal string an action")
    calldatas = models.JSONField()
    description = models.TextField()
    description_hash = Bytes32Field()
    snapshot_at = models.BigIntegerField()
    deadline_at = models.BigIntegerField()
    extended_deadline_at = models.BigIntegerField(null=True)
    eta_at = models.BigIntegerField(null=True, help_text="earliest execution, known once queued")
    for_units = Uint256Field(default=0)
    against_units = Uint256Field(default=0)
    abstain_units = Uint256Field(default=0)
    voters = models.IntegerField(default=0)
    created_at = models.BigIntegerField()
    created_block = models.BigIntegerField(db_index=True)
    created_tx = Bytes32Field()
    queued_at = models.BigIntegerField(null=True)
    queued_block = models.BigIntegerField(null=True)
    queued_tx = Bytes32Field(null=True)
    executed_at = models.BigIntegerField(null=True)
    executed_block = models.BigIntegerField(null=True)
    executed_tx = Bytes32Field(null=True)
    canceled_at = models.BigIntegerField(null=True)
    canceled_block = models.BigIntegerField(null=True)
    canceled_tx = Bytes32Field(null=True)

    class Meta:
        ordering = ["-created_block", "-proposal_id"]
        indexes = [
            GinIndex(fields=["calldatas"], opclasses=["jsonb_path_ops"], name="governance_by_calldata"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.proposal_id}"


class Vote(ProjectedModel):
    """One member's vote on one proposal; a member votes once."""

    class Support(models.IntegerChoices):
        AGAINST = 0, "against"
        FOR = 1, "for"
        ABSTAIN = 2, "abstain"

    vote_id = models.CharField(primary_key=True, max_length=128, help_text="<proposal>-<voter>")
    proposal_id = Uint256Field(db_index=True)
    voter = AddressField(db_index=True)
    support = models.SmallIntegerField(choices=Support.choices)
    weight_units = Uint256Field()
    reason = models.TextField(blank=True)
    cast_at = models.BigIntegerField()
    cast_block = models.BigIntegerField()
    cast_tx = Bytes32Field()

    class Meta:
        ordering = ["-weight_units", "vote_id"]

    def __str__(self) -> str:
        return f"{self.voter} {self.get_support_display()} {self.proposal_id}"

    @staticmethod
    def key_of(proposal_id: int, voter: str) -> str:
        return f"{proposal_id}-{voter}"
