"""Jobs as people need them: what the chain says, what the spec says, and where the two differ."""

from dataclasses import dataclass

from django.db.models import QuerySet

from chain.abi import Call
from chain.bindings import job_board
from chain.deployments import address_of, current
from governance.models import Proposal
from governance.selectors.proposals import ProposalView, proposals_with_action, view_proposals
from marketplace.models import Dataset
from marketplace.tokens import Token, token_at
from qjobs.errors import JobUnknown
from qjobs.models import Consent, Job, JobDataset, JobMilestone, JobParent, JobPayout, JobTask, Run
from qjobs.rules.digests import read_digest
from qjobs.selectors.specs import read_pinned_spec
from qjobs.spec import Difference, JobSpec, OnChainRequest, differences


@dataclass(frozen=True)
class DatasetUse:
    """A dataset version that the job reads, and whether its owner's consent stands, as far as rows know."""

    row: JobDataset
    has_consent: bool


@dataclass(frozen=True)
class JobView:
    """A job with everything that its page shows. `spec` is None where its bytes are not at hand."""

    job: Job
    token: Token
    spec: JobSpec | None
    differences: tuple[Difference, ...]
    duplicates: tuple[int, ...]
    datasets: tuple[DatasetUse, ...]
    parent_models: tuple[int, ...]
    tasks: tuple[JobTask, ...]
    run: Run | None
    proposals: tuple[ProposalView, ...]
    history: tuple[JobMilestone, ...]
    payouts: tuple[JobPayout, ...]


@dataclass(frozen=True)
class JobFilter:
    """Which jobs; None filters nothing."""

    state: int | None = None
    requester: str | None = None
    spec_digest: str | None = None
    dataset_id: int | None = None


def find_job(job_id: int) -> Job:
    """The job's row; raises JobUnknown."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise JobUnknown(f"There is no job {job_id}, or its block is not indexed yet.")
    return job


def all_jobs(wanted: JobFilter) -> QuerySet[Job]:
    """Jobs, newest first."""
    rows = Job.objects.all()
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    if wanted.requester is not None:
        rows = rows.filter(requester=wanted.requester)
    if wanted.spec_digest is not None:
        rows = rows.filter(spec_digest=read_digest(wanted.spec_digest, field="spec_digest"))
    if wanted.dataset_id is not None:
        reading = JobDataset.objects.filter(dataset_id=wanted.dataset_id).values("job_id")
        rows = rows.filter(job_id__in=reading)
    return rows


def view_job(job_id: int) -> JobView:
    """One job with everything; raises JobUnknown."""
    job = find_job(job_id)
    spec = read_pinned_spec(job.spec_digest)
    datasets = tuple(JobDataset.objects.filter(job_id=job_id))
    parents = tuple(JobParent.objects.filter(job_id=job_id).values_list("model_id", flat=True))
    return JobView(
        job=job,
        token=token_at(job.payment_token),
        spec=spec,
        differences=() if spec is None else _differences(job, spec, datasets, parents),
        duplicates=_duplicates(job),
        datasets=_with_consent(job_id, datasets),
        parent_models=parents,
        tasks=tuple(JobTask.objects.filter(job_id=job_id)),
        run=Run.objects.filter(job_id=job_id, task=0).first(),
        proposals=tuple(view_proposals(approval_proposals(job))),
        history=tuple(JobMilestone.objects.filter(job_id=job_id)),
        payouts=tuple(JobPayout.objects.filter(job_id=job_id)),
    )


def approval_call(job: Job) -> Call:
    """The one call by which members approve exactly this job's spec."""
    return job_board.APPROVE.call(
        current().address_of("JobBoard"), job_id=job.job_id, spec_digest=job.spec_digest
    )


def approval_proposals(job: Job) -> list[Proposal]:
    """Every proposal that would approve this job, newest first."""
    call = approval_call(job)
    return proposals_with_action(call.to, call.data_hex)


def _differences(
    job: Job, spec: JobSpec, datasets: tuple[JobDataset, ...], parents: tuple[int, ...]
) -> tuple[Difference, ...]:
    """Where the spec is not what the request says; also names other chains' and contracts' specs."""
    request = OnChainRequest(
        dataset_ids=tuple(row.dataset_id for row in datasets),
        versions=tuple(row.version for row in datasets),
        parent_models=parents,
        tasks=job.tasks,
        algorithm=job.algorithm,
        engine=job.engine,
        qubits=job.qubits,
        payment_token=job.payment_token,
        pay_per_task=job.pay_per_task,
        run_seconds=job.run_seconds,
    )
    found = differences(spec, request)
    deployment = current()
    if int(spec.chain_id) != deployment.chain_id:
        found.append(Difference("chain_id", str(spec.chain_id), str(deployment.chain_id)))
    dataset_token = address_of("DatasetToken")
    if spec.dataset_token.lower() != dataset_token.lower():
        found.append(Difference("dataset_token", spec.dataset_token, dataset_token))
    return tuple(found)


def _duplicates(job: Job) -> tuple[int, ...]:
    """Other jobs with the same spec; digests need not be unique, but voters should know."""
    same = Job.objects.filter(spec_digest=job.spec_digest).exclude(pk=job.job_id)
    return tuple(same.order_by("job_id").values_list("job_id", flat=True)[:20])


def _with_consent(job_id: int, rows: tuple[JobDataset, ...]) -> tuple[DatasetUse, ...]:
    datasets = Dataset.objects.in_bulk([row.dataset_id for row in rows])
    owners = dict(Consent.objects.filter(job_id=job_id).values_list("dataset_id", "owner"))
    uses = []
    for row in rows:
        dataset = datasets.get(row.dataset_id)
        # A consent is the then owner's; after a transfer it is void, as on chain.
        has_consent = dataset is not None and (
            dataset.standing_consent or owners.get(row.dataset_id) == dataset.owner
        )
        uses.append(DatasetUse(row, has_consent))
    return tuple(uses)
