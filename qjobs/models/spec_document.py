"""Job specs that this site has pinned: a cache, since the bytes in the content store are the truth."""

from django.db import models

from common.fields import AddressField, Bytes32Field


class SpecDocument(models.Model):
    """A spec as it was read once, with the preview that the preview worker drew from it alone."""

    class Preview(models.TextChoices):
        WAITING = "WAITING"
        READY = "READY"
        FAILED = "FAILED"

    digest = Bytes32Field(primary_key=True)
    cid = models.CharField(max_length=128)
    author = AddressField(db_index=True)
    title = models.CharField(max_length=200, blank=True)
    spec = models.JSONField()
    estimate = models.JSONField(help_text="from the spec and the number of rows alone")
    warnings = models.JSONField(default=list)
    preview_state = models.CharField(max_length=7, choices=Preview.choices, default=Preview.WAITING)
    preview_problem = models.TextField(blank=True)
    circuit_text = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["created_at"], name="qjobs_spec_newest"),
            models.Index(
                fields=["preview_state", "created_at"],
                name="qjobs_spec_undrawn",
                condition=~models.Q(preview_state="READY"),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.digest
