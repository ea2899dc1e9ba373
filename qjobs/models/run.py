"""This deployment's own work on jobs: the row is the queue, a lease says who works on it."""

from django.db import models

from common.fields import Bytes32Field


class Run(models.Model):
    """One task of one job on this executor. Only the holder of the newest fence writes it."""

    class State(models.TextChoices):
        QUEUED = "QUEUED"
        CLAIMING = "CLAIMING"
        CLAIMED = "CLAIMED"
        RUNNING = "RUNNING"
        TILING = "TILING"
        FROZEN = "FROZEN"
        POSTING = "POSTING"
        POSTED = "POSTED"
        SETTLING = "SETTLING"
        DONE = "DONE"
        REFUSED = "REFUSED"
        LOST = "LOST"
        FAILED = "FAILED"
        PAUSED = "PAUSED"

    job_id = models.BigIntegerField()
    task = models.SmallIntegerField()
    approved_digest = Bytes32Field()
    approved_block = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    reason = models.TextField(blank=True, help_text="why it ended or waits, in words for the requester")
    epoch = models.IntegerField(null=True, help_text="of our claim")
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, help_text="by the database's clock; past means free")
    fence = models.BigIntegerField(
        default=0, help_text="grows with each lease; a write with an older one is void"
    )
    attempts = models.IntegerField(default=0, help_text="starts of the computation")
    lost_attempts = models.IntegerField(default=0, help_text="starts whose worker vanished")
    claims = models.IntegerField(
        default=0, help_text="claims that this run sent; the next one has a key of its own"
    )
    heartbeat_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True, help_text="a retry waits until then")
    retries = models.IntegerField(default=0, help_text="tries of this step that met an absent node or store")
    events = models.IntegerField(default=0, help_text="sequence number of the newest event")
    facts = models.JSONField(default=dict, help_text="what the run record states, frozen with the files")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["job_id", "task"], name="qjobs_one_run_a_task"),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="qjobs_run_open",
                condition=~models.Q(state__in=["DONE", "REFUSED", "LOST", "FAILED", "PAUSED"]),
            ),
            models.Index(
                fields=["id"],
                name="qjobs_run_resumable",
                condition=models.Q(state__in=["FAILED", "PAUSED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"run of job {self.job_id} task {self.task}: {self.state}"


class RunEvent(models.Model):
    """One progress event, never changed; `sequence` is what a broken stream resumes after."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="progress")
    sequence = models.IntegerField()
    stage = models.CharField(max_length=40)
    step = models.IntegerField(default=0)
    steps = models.IntegerField(default=0)
    message = models.TextField()
    metric = models.FloatField(null=True)
    loss = models.FloatField(null=True, help_text="what training makes smaller")
    seconds_left = models.FloatField(null=True, help_text="by the pace of the steps so far")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["run", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["run", "sequence"], name="qjobs_run_event_sequence"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.message}"


class RunFile(models.Model):
    """A file of the frozen result; its bytes are in the content store under this CID."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    cid = models.CharField(max_length=128)
    size = models.BigIntegerField()
    sha256 = Bytes32Field()

    class Meta:
        ordering = ["run", "name"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="qjobs_run_file_name")]

    def __str__(self) -> str:
        return self.name
