"""What the market promised to keep."""

from collections.abc import Iterable

from marketplace.models import DatasetDraft, Upload


def promised_cids() -> list[Iterable[str]]:
    """CIDs of uploads that can be opened, of made-up rows, and of dataset documents, each newest first."""
    uploads = Upload.objects.filter(erased_at=None).order_by("-id")
    return [
        uploads.values_list("cid", flat=True),
        uploads.exclude(mock_cid="").values_list("mock_cid", flat=True),
        DatasetDraft.objects.order_by("-id").values_list("metadata_cid", flat=True),
    ]
