"""Jobs and models in lists, as values; one query a kind of row, however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from governance.views.words import StateInWords
from qjobs.models import Job, JobDataset, SpecDocument, TrainedModel
from qjobs.views.words import STATES


@dataclass(frozen=True)
class JobCard:
    """A job in a list or at the head of its page."""

    job_id: int
    title: str
    algorithm: str
    qubits: int
    engine: str
    dataset_ids: tuple[int, ...]
    requester: str
    state: StateInWords
    sub_state: str
    escrow: int
    payment_token: str
    requested_at: int


@dataclass(frozen=True)
class ModelCard:
    """A model in a list."""

    token_id: int
    job_id: int
    title: str
    dataset_ids: tuple[int, ...]
    owner: str
    minted_at: int


def job_cards(jobs: Iterable[Job]) -> list[JobCard]:
    """A card for each job."""
    rows = list(jobs)
    titles, datasets = _titles(rows), _datasets([row.job_id for row in rows])
    return [job_card(row, titles.get(row.spec_digest, ""), datasets[row.job_id]) for row in rows]


def job_card(job: Job, title: str, dataset_ids: Sequence[int], sub_state: str = "") -> JobCard:
    """The card of one job; without a title it goes by its number."""
    return JobCard(
        job_id=job.job_id,
        title=title or f"Job {job.job_id}",
        algorithm=job.algorithm.upper() if job.algorithm.isalnum() else job.algorithm,
        qubits=job.qubits,
        engine=job.engine,
        dataset_ids=tuple(dataset_ids),
        requester=job.requester,
        state=STATES[job.state],
        sub_state=sub_state,
        escrow=job.escrow_units,
        payment_token=job.payment_token,
        requested_at=job.requested_at,
    )


def model_cards(models: Iterable[TrainedModel]) -> list[ModelCard]:
    """A card for each model, named after its job."""
    rows = list(models)
    jobs = Job.objects.in_bulk([row.job_id for row in rows])
    titles, datasets = _titles(jobs.values()), _datasets([row.job_id for row in rows])
    return [
        ModelCard(
            token_id=row.token_id,
            job_id=row.job_id,
            title=titles.get(jobs[row.job_id].spec_digest if row.job_id in jobs else "", "")
            or f"Model {row.token_id}",
            dataset_ids=tuple(datasets[row.job_id]),
            owner=row.owner,
            minted_at=row.minted_at,
        )
        for row in rows
    ]


def _titles(jobs: Iterable[Job]) -> dict[str, str]:
    """Titles by spec digest, of the specs that this site has read."""
    digests = {job.spec_digest for job in jobs}
    return dict(SpecDocument.objects.filter(pk__in=digests).values_list("digest", "title"))


def _datasets(job_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for job_id, dataset_id in JobDataset.objects.filter(job_id__in=job_ids).values_list(
        "job_id", "dataset_id"
    ):
        found[job_id].append(dataset_id)
    return found
