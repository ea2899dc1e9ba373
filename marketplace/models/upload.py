"""What users bring: files, and the descriptions under which they publish them."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from common.fields import Bytes32Field


class Upload(models.Model):
    """A file that a wallet brought; its bytes lie in the content store under our CID."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    file_name = models.CharField(max_length=200, help_text="as the sender calls it; for display only")
    cid = models.CharField(max_length=100)
    codec = models.IntegerField()
    content_digest = Bytes32Field()
    sha256 = models.CharField(max_length=64, help_text="of the whole file, as other catalogues want it")
    size_bytes = models.BigIntegerField()
    profile = models.JSONField()
    row_sketch = ArrayField(models.BigIntegerField(), default=list, help_text="to find near-copies by")
    is_private = models.BooleanField(default=False, help_text="sealed before it was kept")
    erased_at = models.DateTimeField(null=True, help_text="since when nobody can open the sealed file")
    mock_cid = models.CharField(max_length=100, blank=True, help_text="made-up rows with the same columns")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["owner", "cid"], name="marketplace_upload_once")]
        indexes = [
            GinIndex(fields=["row_sketch"], name="marketplace_upload_sketch"),
            models.Index(
                fields=["content_digest"],
                name="marketplace_private_upload",
                condition=models.Q(is_private=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.cid})"


class Keeping(models.Model):
    """A file on its way into the content store; after a kill the row says what may lie there as an orphan."""

    cid = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"keeping {self.cid}"


class FinishStep(models.TextChoices):
    """What is done with a large file once all its chunks are here."""

    JOINING = "joining", "joining the chunks"
    READING = "reading", "reading the table and measuring its columns"
    KEEPING = "keeping", "keeping the file"


class UploadSession(models.Model):
    """A large file on its way in chunks; the row outlives a broken line, a reload and a kill."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions")
    key_proof = models.CharField(max_length=64, help_text="derived from the key that the sender keeps")
    file_name = models.CharField(max_length=200, help_text="as the sender calls it; for display only")
    size_bytes = models.BigIntegerField()
    chunk_bytes = models.IntegerField(help_text="of every chunk but the last")
    is_private = models.BooleanField(default=False)
    shown = models.JSONField(default=list, help_text="parts of a private profile that may be seen")
    step = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="of its finishing; after a kill it stays",
    )
    refusal = models.JSONField(null=True, help_text="how the last try to finish it beside a request ended")
    upload = models.ForeignKey(Upload, null=True, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(size_bytes__gt=0, chunk_bytes__gt=0), name="marketplace_session_sizes"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} on its way"

    @property
    def chunk_count(self) -> int:
        return -(-self.size_bytes // self.chunk_bytes)

    def bytes_of_chunk(self, number: int) -> int:
        """How long chunk `number` must be; 0 is the first."""
        return min(self.chunk_bytes, self.size_bytes - number * self.chunk_bytes)


class UploadChunk(models.Model):
    """A chunk that lies sealed on our disk."""

    session = models.ForeignKey(UploadSession, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="marketplace_chunk_once")]

    def __str__(self) -> str:
        return f"chunk {self.number}"


class DatasetDraft(models.Model):
    """A description under which an upload is to be minted. The chain says whether it was."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="drafts")
    title = models.CharField(max_length=200)
    metadata_cid = models.CharField(max_length=100)
    metadata_digest = Bytes32Field()
    terms = models.JSONField(help_text="the terms as given, for showing them again")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title
