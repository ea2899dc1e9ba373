"""Which passes a wallet could use."""

from django.db.models import Q, QuerySet

from marketplace.models import AccessPass, Dataset, Right, SubjectKind
from marketplace.selectors.trade import chain_now
from qjobs.errors import PassMissing
from qjobs.spec import JobSpec

OWNER_NEEDS_NONE = 0


def passes_for(spec: JobSpec, requester: str, given: tuple[int, ...]) -> tuple[int, ...]:
    """One pass a dataset, in the spec's order; 0 where the requester owns it. None given: the best are found.

    Raises PassMissing naming the dataset for which there is none. The chain checks what was given.
    """
    if given:
        if len(given) != len(spec.datasets):
            raise PassMissing(f"The job reads {len(spec.datasets)} datasets; {len(given)} passes were given.")
        return given
    return tuple(_pass_for(one.token_id, one.version, requester) for one in spec.datasets)


def usable_passes(
    holder: str | None, *, kind: SubjectKind, subject_id: int, right: Right, version: int
) -> QuerySet[AccessPass]:
    """Passes that hold now, of all wallets for None; an unlimited one first: using it loses nothing."""
    now = chain_now()
    rows = AccessPass.objects.all() if holder is None else AccessPass.objects.filter(holder=holder)
    return rows.filter(
        Q(expires_at=0) | Q(expires_at__gt=now),
        Q(uses_total=0) | Q(uses_left__gt=0),
        subject_kind=kind,
        subject_id=subject_id,
        right=right,
        first_version__lte=version,
        is_revoked=False,
    ).order_by("uses_total", "pass_id")


def _pass_for(dataset_id: int, version: int, requester: str) -> int:
    if Dataset.objects.filter(pk=dataset_id, owner=requester).exists():
        return OWNER_NEEDS_NONE
    held = usable_passes(
        requester, kind=SubjectKind.DATASET, subject_id=dataset_id, right=Right.COMPUTE, version=version
    )
    found = held.first()
    if found is None:
        raise PassMissing(
            f"This wallet has no usable compute pass for version {version} of dataset {dataset_id}. "
            "Buy one first."
        )
    return found.pass_id
