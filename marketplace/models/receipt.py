"""What each place has of the content that this site promised to keep."""

from django.db import models


class PinReceipt(models.Model):
    """The newest look at one tree in one place: bytes pinned and read back there, or the problem."""

    cid = models.CharField(max_length=100)
    place = models.CharField(max_length=100, help_text="for people; no address")
    read_back_bytes = models.BigIntegerField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["cid", "place"]
        constraints = [models.UniqueConstraint(fields=["cid", "place"], name="marketplace_receipt_once")]

    def __str__(self) -> str:
        return f"{self.cid} at {self.place}"
