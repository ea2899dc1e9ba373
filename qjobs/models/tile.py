"""Parts of a run's work, each computed by any worker of this deployment: the row is the queue."""

from django.db import models

from qjobs.models.run import Run


class Tile(models.Model):
    """One tile of one run. Only the holder of its newest fence writes it, while the run is TILING."""

    class State(models.TextChoices):
        WAITING = "WAITING"
        DONE = "DONE"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tiles")
    number = models.IntegerField(help_text="from 0")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    cid = models.CharField(max_length=128, blank=True, help_text="of its bytes in the run's folder")
    size = models.BigIntegerField(default=0)
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, help_text="by the database's clock; past means free")
    fence = models.BigIntegerField(default=0, help_text="grows with each lease")
    lost_attempts = models.IntegerField(default=0, help_text="starts whose worker vanished")
    not_before = models.DateTimeField(null=True, help_text="a retry waits until then")
    retries = models.IntegerField(default=0, help_text="tries that met an absent node or store")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["run", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="qjobs_tile_number"),
            models.CheckConstraint(
                condition=models.Q(state="WAITING") | ~models.Q(cid=""), name="qjobs_done_tile_has_bytes"
            ),
        ]
        indexes = [models.Index(fields=["run"], name="qjobs_tile_open", condition=models.Q(state="WAITING"))]

    def __str__(self) -> str:
        return f"tile {self.number} of run {self.run_id}: {self.state}"
