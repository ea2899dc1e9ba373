"""Challenges of results as DisputeBook tells them: a task is challenged once, one task of a job at a time."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Bytes32Field, Uint256Field


class Dispute(ProjectedModel):
    """One challenge of a task's result; `number` is its place among all, from 1. Times are the chain's."""

    class State(models.IntegerChoices):
        OPEN = 1, "open"
        LOST = 2, "lost"
        REJECTED = 3, "rejected"
        TIED = 4, "tied"

    dispute_id = models.CharField(primary_key=True, max_length=64, help_text="<job>-<task>")
    number = models.BigIntegerField(unique=True)
    job_id = models.BigIntegerField(db_index=True)
    task = models.SmallIntegerField()
    challenger = AddressField(db_index=True)
    executor = AddressField(db_index=True)
    reason_digest = Bytes32Field()
    attest_by = Uint256Field()
    state = models.SmallIntegerField(choices=State.choices, default=State.OPEN, db_index=True)
    slashed_units = Uint256Field(default=0)
    opened_at = models.BigIntegerField()
    opened_block = models.BigIntegerField()
    opened_tx = Bytes32Field()
    closed_at = models.BigIntegerField(null=True)
    closed_tx = Bytes32Field(null=True)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"dispute of job {self.job_id} task {self.task}: {self.get_state_display()}"

    @staticmethod
    def key_of(job_id: int, task: int) -> str:
        return f"{job_id}-{task}"


class Attestation(ProjectedModel):
    """What one verifier said in one dispute."""

    attestation_id = models.CharField(primary_key=True, max_length=110, help_text="<job>-<task>-<verifier>")
    dispute_id = models.CharField(max_length=64, db_index=True)
    verifier = AddressField(db_index=True)
    is_right = models.BooleanField()
    report_digest = Bytes32Field()
    attested_at = models.BigIntegerField()
    attested_tx = Bytes32Field()

    class Meta:
        ordering = ["attested_at", "attestation_id"]

    def __str__(self) -> str:
        return f"{self.verifier} in dispute {self.dispute_id}: {'holds' if self.is_right else 'is wrong'}"
