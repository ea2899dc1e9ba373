"""Keys of private data, who may have it for some minutes, and the log of what was released."""

from django.db import models

from common.fields import AddressField
from marketplace.models.words import SubjectKind


class ContentKey(models.Model):
    """The key of one sealed file, in an age header for the release service alone.

    The file itself names nobody who could open it. Without this row nobody can: deleting it is the erasure.
    Anybody can name a CID on chain, so the row says whose file it is: of an upload's owner, or of a job.
    """

    cid = models.CharField(max_length=100, primary_key=True)
    owner = AddressField(blank=True, default="", help_text="who uploaded the file; empty for a job's")
    job_id = models.BigIntegerField(null=True, help_text="the job whose result the file is of")
    header = models.BinaryField()
    keeper = models.CharField(max_length=64, help_text="sha2-256 of the recipient that the header is for")
    wrapped_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["keeper"], name="marketplace_key_keeper")]

    def __str__(self) -> str:
        return f"key of {self.cid}"


class ReleaseGrant(models.Model):
    """A right that was checked, good for some minutes: its bearer gets this file and no other.

    Of a dataset by a download pass; of a model by the token itself (pass_id 0), or, for one prediction of the
    site's own, by a pass to predict.
    """

    token_digest = models.CharField(max_length=64, unique=True, help_text="sha2-256; the token is not kept")
    subject_kind = models.SmallIntegerField(choices=SubjectKind.choices, default=SubjectKind.DATASET)
    pass_id = models.BigIntegerField()
    holder = AddressField()
    token_id = models.BigIntegerField()
    version = models.IntegerField()
    file_name = models.CharField(max_length=100, blank=True, default="", help_text="of a model's file")
    cid = models.CharField(max_length=100)
    recipient = models.TextField(blank=True, help_text="age recipient; empty: opened for a browser")
    header = models.BinaryField(null=True, help_text="for the recipient; made at the first request")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="marketplace_grant_expiry")]

    def __str__(self) -> str:
        kind = SubjectKind(self.subject_kind).label
        return f"grant of {kind} {self.token_id} version {self.version} by pass {self.pass_id}"


class ReleaseEntry(models.Model):
    """An entry of the hash-chained log; only ever added to."""

    number = models.BigIntegerField(primary_key=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    at = models.CharField(max_length=40, help_text="ISO 8601; text, since it is hashed")
    event = models.CharField(max_length=20)
    facts = models.JSONField()

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "release entries"

    def __str__(self) -> str:
        return f"{self.number} {self.event}"
