"""What users bring: files, and the descriptions under which they publish them."""

from django.conf import settings
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
    is_private = models.BooleanField(default=False, help_text="sealed before it was kept")
    erased_at = models.DateTimeField(null=True, help_text="since when nobody can open the sealed file")
    mock_cid = models.CharField(max_length=100, blank=True, help_text="made-up rows with the same columns")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["owner", "cid"], name="marketplace_upload_once")]
        indexes = [
            models.Index(
                fields=["content_digest"],
                name="marketplace_private_upload",
                condition=models.Q(is_private=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.cid})"


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
