"""What the job board promised to keep."""

from collections.abc import Iterable

from qjobs.models import Recheck, RunFile, SpecDocument


def promised_cids() -> list[Iterable[str]]:
    """CIDs of specs, of what our runs froze (artefacts, manifests, signed records), and of our reports on
    challenged results, each newest first."""
    return [
        SpecDocument.objects.order_by("-created_at").values_list("cid", flat=True),
        RunFile.objects.order_by("-id").values_list("cid", flat=True),
        Recheck.objects.exclude(report_cid="").order_by("-id").values_list("report_cid", flat=True),
    ]
