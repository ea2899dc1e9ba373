"""Jobs as JobBoard tells them. Amounts in base units; times are the chain's, in unix seconds."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Bytes32Field, Uint256Field


class Job(ProjectedModel):
    """One requested job with everything that the request fixed."""

    class State(models.IntegerChoices):
        REQUESTED = 1, "requested"
        APPROVED = 2, "approved"
        RUNNING = 3, "running"
        WINDOW = 4, "window"
        SETTLED = 5, "settled"
        CANCELLED = 6, "cancelled"
        EXPIRED = 7, "expired"
        DISPUTED = 8, "disputed"

    job_id = models.BigIntegerField(primary_key=True)
    requester = AddressField(db_index=True)
    spec_digest = Bytes32Field(db_index=True)
    state = models.SmallIntegerField(choices=State.choices, default=State.REQUESTED, db_index=True)
    tasks = models.SmallIntegerField()
    algorithm = models.CharField(max_length=66)
    engine = models.CharField(max_length=66)
    qubits = models.IntegerField()
    payment_token = AddressField()
    pay_per_task = Uint256Field()
    data_fees = Uint256Field()
    treasury_fee = Uint256Field()
    approve_by = Uint256Field()
    claim_by = Uint256Field()
    run_seconds = Uint256Field()
    requested_at = models.BigIntegerField()
    requested_block = models.BigIntegerField()
    approved_digest = Bytes32Field(null=True)
    approved_at = models.BigIntegerField(null=True)
    approved_block = models.BigIntegerField(null=True, db_index=True)
    window_ends_at = Uint256Field(null=True)  # type: ignore[misc]  # the plugin asks for an optional field type
    model_id = models.BigIntegerField(null=True)
    refunded_units = Uint256Field(null=True)  # type: ignore[misc]

    class Meta:
        ordering = ["-job_id"]

    def __str__(self) -> str:
        return f"job {self.job_id}"

    @property
    def escrow_units(self) -> int:
        """Everything that the requester paid in."""
        return self.pay_per_task * self.tasks + self.data_fees + self.treasury_fee

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen to the job any more."""
        return self.state in {self.State.SETTLED, self.State.CANCELLED, self.State.EXPIRED}


class JobDataset(ProjectedModel):
    """A dataset version that the job reads, in the request's order."""

    job_dataset_id = models.CharField(primary_key=True, max_length=64, help_text="<job>-<dataset>")
    job_id = models.BigIntegerField(db_index=True)
    position = models.SmallIntegerField()
    dataset_id = models.BigIntegerField(db_index=True)
    version = models.IntegerField()
    pass_id = models.BigIntegerField(help_text="0 where the requester owns the dataset")
    fee_units = Uint256Field()

    class Meta:
        ordering = ["job_id", "position"]

    def __str__(self) -> str:
        return f"dataset {self.dataset_id} in job {self.job_id}"


class JobParent(ProjectedModel):
    """A model that the job starts from, in the request's order."""

    job_parent_id = models.CharField(primary_key=True, max_length=64, help_text="<job>-<model>")
    job_id = models.BigIntegerField(db_index=True)
    position = models.SmallIntegerField()
    model_id = models.BigIntegerField(db_index=True)

    class Meta:
        ordering = ["job_id", "position"]

    def __str__(self) -> str:
        return f"model {self.model_id} in job {self.job_id}"


class JobTask(ProjectedModel):
    """A task that some executor claimed, and its result once posted."""

    job_task_id = models.CharField(primary_key=True, max_length=64, help_text="<job>-<task>")
    job_id = models.BigIntegerField(db_index=True)
    task = models.SmallIntegerField()
    executor = AddressField(db_index=True)
    epoch = models.IntegerField()
    run_by = Uint256Field()
    is_extended = models.BooleanField(default=False)
    claimed_at = models.BigIntegerField()
    claimed_tx = Bytes32Field()
    artefact_digest = Bytes32Field(null=True)
    metrics_digest = Bytes32Field(null=True)
    run_record_digest = Bytes32Field(null=True)
    posted_at = models.BigIntegerField(null=True)
    posted_block = models.BigIntegerField(null=True)
    posted_tx = Bytes32Field(null=True)

    class Meta:
        ordering = ["job_id", "task"]

    def __str__(self) -> str:
        return f"task {self.task} of job {self.job_id}"

    @staticmethod
    def key_of(job_id: int, task: int) -> str:
        return f"{job_id}-{task}"


class Consent(ProjectedModel):
    """A dataset owner's word for one job. It is void once the dataset has another owner; the chain checks."""

    consent_id = models.CharField(primary_key=True, max_length=64, help_text="<job>-<dataset>")
    job_id = models.BigIntegerField(db_index=True)
    dataset_id = models.BigIntegerField(db_index=True)
    owner = AddressField()
    given_at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"consent of dataset {self.dataset_id} to job {self.job_id}"


class JobMilestone(ProjectedModel):
    """One event of JobBoard about a job: its append-only history."""

    milestone_id = models.CharField(primary_key=True, max_length=40, help_text="<block>-<log index>")
    job_id = models.BigIntegerField(db_index=True)
    event = models.CharField(max_length=40)
    args = models.JSONField(help_text="the event's arguments; numbers as decimal strings")
    block = models.BigIntegerField()
    log_index = models.IntegerField()
    at = models.BigIntegerField()
    tx_hash = Bytes32Field()

    class Meta:
        ordering = ["block", "log_index"]

    def __str__(self) -> str:
        return f"{self.event} of job {self.job_id}"
