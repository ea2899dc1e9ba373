"""What the pinned metadata documents say: a cache that is made again from their bytes at any time."""

from django.db import models

from common.fields import Bytes32Field


class VersionMetadata(models.Model):
    """The Croissant document of this digest, as read. UNREAD rows are the queue of documents to read."""

    class State(models.TextChoices):
        UNREAD = "UNREAD"
        READ = "READ"
        MISSING = "MISSING", "the content store does not have it"
        INVALID = "INVALID", "it is not a document that we can read"

    digest = Bytes32Field(primary_key=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.UNREAD)
    problem = models.TextField(blank=True)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    licence = models.CharField(max_length=200, blank=True)
    creator = models.CharField(max_length=200, blank=True)
    keywords = models.JSONField(default=list)
    file_name = models.CharField(max_length=200, blank=True)
    content_cid = models.CharField(
        max_length=100, blank=True, help_text="the file that the document describes"
    )
    is_sealed = models.BooleanField(default=False, help_text="the file is an age file with the data in it")
    mock_cid = models.CharField(max_length=100, blank=True)
    label_column = models.CharField(max_length=200, blank=True)
    columns = models.JSONField(default=list)
    profile_cid = models.CharField(max_length=100, blank=True)
    profile = models.JSONField(null=True, help_text="from the pinned profile; on the provider's word")
    tried_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "version metadata"
        indexes = [
            models.Index(
                fields=["tried_at"],
                name="marketplace_metadata_unread",
                condition=models.Q(state__in=["UNREAD", "MISSING"]),
            )
        ]

    def __str__(self) -> str:
        return self.title or self.digest
