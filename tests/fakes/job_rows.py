"""Rows of jobs, their runs and their models, as `tests.fakes.rows` makes those of the market and the vote."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from qjobs.models import (
    Job,
    JobDataset,
    JobMilestone,
    JobPayout,
    JobTask,
    Run,
    RunEvent,
    SpecDocument,
    TrainedModel,
)
from qjobs.selectors.specs import read_pinned_spec
from qjobs.spec import estimate
from storage.cid import Cid
from tests.fakes.rows import (
    BLOCK,
    DOLLAR,
    DOLLARS,
    EXECUTOR,
    MEMBER,
    NOW,
    PROVIDER,
    RESEARCHER,
    digest,
    projecting,
)


def add_job(job_id: int = 1, *, spec_digest: str = "", dataset_id: int = 1, **fields: Any) -> Job:
    """A requested job on one dataset with its first milestone; `fields` override the row's."""
    with projecting():
        job = Job.objects.create(
            job_id=job_id,
            requester=RESEARCHER,
            spec_digest=spec_digest or digest(f"spec {job_id}"),
            payment_token=DOLLAR,
            **{
                "tasks": 1,
                "algorithm": "qsvm",
                "engine": "statevector",
                "qubits": 6,
                "pay_per_task": 5 * DOLLARS,
                "data_fees": 2 * DOLLARS,
                "treasury_fee": 150_000,
                "approve_by": NOW + 3600,
                "claim_by": NOW + 7200,
                "run_seconds": 600,
                "requested_at": NOW - 900 + job_id,
                "requested_block": BLOCK,
                **fields,
            },
        )
        JobDataset.objects.create(
            job_dataset_id=f"{job_id}-{dataset_id}",
            job_id=job_id,
            position=0,
            dataset_id=dataset_id,
            version=1,
            pass_id=1,
            fee_units=2 * DOLLARS,
        )
    add_milestone(job_id, "JobRequested", 0)
    return job


def add_document(spec_digest: str) -> SpecDocument:
    """This site's row of a spec whose bytes are in the content store."""
    spec = read_pinned_spec(spec_digest)
    assert spec is not None
    return SpecDocument.objects.create(
        digest=spec_digest,
        cid=str(Cid.from_digest(spec_digest)),
        author=RESEARCHER,
        title=spec.title,
        spec=spec.model_dump(mode="json"),
        estimate=asdict(estimate(spec, 569)),
        preview_state=SpecDocument.Preview.READY,
    )


def add_milestone(job_id: int, event: str, order: int, **args: str) -> None:
    """One event of the job's history."""
    with projecting():
        JobMilestone.objects.create(
            milestone_id=f"{BLOCK + order}-{job_id}",
            job_id=job_id,
            event=event,
            args={"job_id": str(job_id), **args},
            block=BLOCK + order,
            log_index=job_id,
            at=NOW - 900 + 60 * order,
            tx_hash=digest(f"{event} {job_id}"),
        )


def add_run(job_id: int = 1, *, events: int = 3, message: str = "split", state: str = "RUNNING") -> Run:
    """This site's executor at work on the job, with progress events."""
    run = Run.objects.create(
        job_id=job_id,
        task=0,
        approved_digest=Job.objects.get(pk=job_id).spec_digest,
        approved_block=BLOCK,
        state=state,
        epoch=1,
        attempts=1,
        events=events,
        started_at=datetime.now(UTC) - timedelta(seconds=30),
    )
    for sequence in range(1, events + 1):
        RunEvent.objects.create(
            run=run,
            sequence=sequence,
            stage="split",
            step=sequence,
            steps=max(events, 5),
            message=f"{message} {sequence}",
            metric=0.9 + sequence / 1000,
            seconds_left=180.0 - 60 * sequence,
        )
    return run


def add_result(
    job_id: int = 1, *, metrics_digest: str = "", artefact_digest: str = "", run_record_digest: str = ""
) -> None:
    """The job settled: its task posted, its model minted, everybody credited."""
    posted = {
        "artefact_digest": artefact_digest or digest(f"artefact {job_id}"),
        "metrics_digest": metrics_digest or digest(f"metrics {job_id}"),
        "run_record_digest": run_record_digest or digest(f"record {job_id}"),
    }
    with projecting():
        Job.objects.filter(pk=job_id).update(
            state=Job.State.SETTLED,
            approved_digest=Job.objects.get(pk=job_id).spec_digest,
            approved_at=NOW - 700,
            approved_block=BLOCK,
            window_ends_at=NOW - 300,
            model_id=job_id,
        )
        JobTask.objects.create(
            job_task_id=JobTask.key_of(job_id, 0),
            job_id=job_id,
            task=0,
            executor=EXECUTOR,
            epoch=1,
            run_by=NOW,
            claimed_at=NOW - 600,
            claimed_tx=digest(f"claim {job_id}"),
            posted_at=NOW - 400,
            posted_block=BLOCK,
            posted_tx=digest(f"post {job_id}"),
            **posted,
        )
        TrainedModel.objects.create(
            token_id=job_id,
            job_id=job_id,
            owner=RESEARCHER,
            minted_at=NOW - 290,
            minted_block=BLOCK,
            minted_tx=digest(f"settle {job_id}"),
            **posted,
        )
        for account, units in ((EXECUTOR, 5 * DOLLARS), (PROVIDER, 1_800_000), (MEMBER, 200_000)):
            JobPayout.objects.create(
                payout_id=f"{job_id}-{account}-{DOLLAR}",
                job_id=job_id,
                account=account,
                token=DOLLAR,
                units=units,
            )
    for order, event in enumerate(
        ("JobApproved", "TaskClaimed", "ResultPosted", "WindowOpened", "JobSettled"), 1
    ):
        add_milestone(job_id, event, order, task="0", ends_at=str(NOW - 300), model_id=str(job_id))


def metrics_document(quantum: float = 0.944) -> dict[str, Any]:
    """A metrics.json as the QSVM writes it, as far as pages read it."""
    means = {"quantum": quantum, "linear_reduced": 0.951, "rbf_reduced": 0.958, "rbf_all": 0.975}
    splits = [
        {
            name: {"accuracy": min(1.0, mean + offset), "confusion": _counts(min(1.0, mean + offset))}
            for name, mean in means.items()
        }
        for offset in (-0.02, -0.01, 0.0, 0.012, 0.018)
    ]
    return {
        "schema": "qommons/metrics/4",
        "models": {
            name: {
                "mean_accuracy": mean,
                "interval": [mean - 0.013, min(1.0, mean + 0.013)],
                "bootstrap_interval": [mean - 0.011, mean + 0.009],
            }
            for name, mean in means.items()
        },
        "splits": splits,
        "interval_method": "corrected resampled t (Nadeau and Bengio 2003), 95 %",
        "bootstrap_method": "percentile bootstrap over test parts and rows in each, 1,000 draws, 95 %",
        "comparison": {
            "baseline": "rbf_all",
            "interval": [-0.05, -0.01],
            "bootstrap_interval": [-0.046, -0.016],
            "mean_difference": -0.031,
        },
        "verdict": "classical wins",
        "verdict_sentence": "Classical wins: 94.4% mean test accuracy for the quantum kernel, 97.5% for the "
        "best baseline (rbf on all features).",
    }


def _counts(accuracy: float) -> dict[str, int]:
    """Of 114 rows, 42 of them positive; what is wrong is half missed and half falsely found."""
    wrong = round(114 * (1 - accuracy))
    missed = wrong // 2
    false = wrong - missed
    return {
        "true_positive": 42 - missed,
        "false_negative": missed,
        "false_positive": false,
        "true_negative": 72 - false,
    }
