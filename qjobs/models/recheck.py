"""This installation's own re-computation of a disputed result; a work row, which a reorganisation keeps."""

from django.db import models

from common.fields import Bytes32Field


class Recheck(models.Model):
    """What a check of one result said. Without a verdict of MATCH or MISMATCH nothing is attested.

    `withheld_tries` and `withheld_since` (the chain's time) count the tries in which posted files alone were
    missing.
    """

    class Verdict(models.TextChoices):
        MATCH = "MATCH", "the result holds"
        MISMATCH = "MISMATCH", "the result is wrong"
        CANNOT_CHECK = "CANNOT_CHECK", "could not be checked"

    dispute_id = models.CharField(max_length=64)
    opened_tx = Bytes32Field(help_text="the challenge that it answers: after a reorganisation it is another")
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    report_digest = Bytes32Field(null=True)
    report_cid = models.CharField(max_length=128, blank=True)
    retry_at = models.DateTimeField(null=True, help_text="by the database's clock: when to compute again")
    withheld_tries = models.IntegerField(default=0)
    withheld_since = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dispute_id", "opened_tx"], name="qjobs_one_recheck_a_dispute"),
        ]

    def __str__(self) -> str:
        return f"recheck of {self.dispute_id}: {self.verdict}"

    @property
    def is_decided(self) -> bool:
        """Whether there is something to attest."""
        return self.verdict in {self.Verdict.MATCH, self.Verdict.MISMATCH}
