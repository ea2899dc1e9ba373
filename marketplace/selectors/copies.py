"""Datasets that hold much the same rows as another one, published before."""

from dataclasses import dataclass

from common.tables.sketch import resemblance
from marketplace.models import DatasetVersion, Upload
from marketplace.selectors.datasets import VersionCard

NEAR = 0.5
MOST_LOOKED_AT = 200


@dataclass(frozen=True)
class NearCopy:
    """An earlier dataset of somebody else with about this share of rows in common, 50 to 100."""

    token_id: int
    percent: int


def near_copy(card: VersionCard) -> NearCopy | None:
    """The earlier dataset with the most rows in common, or None where none has half of them.

    Only files that were brought to this site are compared, by what this site read in them.
    """
    version = card.version
    sketch = Upload.objects.filter(content_digest=version.content_digest).exclude(row_sketch=[]).first()
    if sketch is None:
        return None
    similar = Upload.objects.filter(row_sketch__overlap=sketch.row_sketch).exclude(
        content_digest=version.content_digest
    )
    shares = {
        upload.content_digest: resemblance(upload.row_sketch, sketch.row_sketch)
        for upload in similar.only("content_digest", "row_sketch")[:MOST_LOOKED_AT]
    }
    near = {digest: share for digest, share in shares.items() if share >= NEAR}
    earlier = (
        DatasetVersion.objects.filter(content_digest__in=near, dataset_id__lt=version.dataset_id)
        .exclude(dataset__owner=version.dataset.owner)
        .order_by("dataset_id")
    )
    best = max(earlier, key=lambda one: near[one.content_digest], default=None)
    return NearCopy(int(best.dataset_id), round(100 * near[best.content_digest])) if best else None
