"""Rows of disputes, executors and stakes, as `tests.fakes.job_rows` makes those of jobs."""

from typing import Any

from governance.models import Guardian
from qjobs.models import Attestation, Dispute, Executor, ExecutorKey
from tests.fakes.rows import BLOCK, DOLLARS, EXECUTOR, NOW, RESEARCHER, digest, projecting


def add_executor(address: str = EXECUTOR, **fields: Any) -> Executor:
    """An admitted executor with a stake and one key."""
    with projecting():
        row = Executor.objects.create(
            address=address,
            number=Executor.objects.count() + 1,
            **{"is_admitted": True, "admitted_at": NOW - 9000, "staked_units": 500 * DOLLARS, **fields},
        )
        ExecutorKey.objects.create(
            key_id=f"{address}-1",
            executor=address,
            number=1,
            signing_key=digest(address),
            age_recipient="age1pq1" + "q" * 1900,
            since=NOW - 9000,
        )
    return row


def add_dispute(job_id: int = 1, **fields: Any) -> Dispute:
    """An open challenge of the job's first task."""
    with projecting():
        return Dispute.objects.create(
            dispute_id=Dispute.key_of(job_id, 0),
            number=Dispute.objects.count() + 1,
            job_id=job_id,
            task=0,
            **{
                "challenger": RESEARCHER,
                "executor": EXECUTOR,
                "reason_digest": digest("reason"),
                "attest_by": NOW + 600,
                "opened_at": NOW - 60,
                "opened_block": BLOCK,
                "opened_tx": digest(f"challenge {job_id}"),
                **fields,
            },
        )


def add_attestation(dispute: Dispute, verifier: str, *, is_right: bool) -> Attestation:
    with projecting():
        return Attestation.objects.create(
            attestation_id=f"{dispute.pk}-{verifier}",
            dispute_id=dispute.pk,
            verifier=verifier,
            is_right=is_right,
            report_digest=digest(f"report of {verifier}"),
            attested_at=NOW - 30,
            attested_tx=digest(f"attested {verifier}"),
        )


def add_guardian(address: str, *, paused_until: int = 0, is_armed: bool = True) -> Guardian:
    with projecting():
        return Guardian.objects.create(
            address=address, is_armed=is_armed, paused_until=paused_until, named_at=NOW - 9000
        )
