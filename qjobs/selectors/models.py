"""Trained models with their result and lineage."""

from dataclasses import dataclass

from django.db.models import QuerySet

from common.errors import NotFound
from qjobs.models import Job, JobDataset, JobParent, JobTask, SpecDocument, TrainedModel
from qjobs.rules.results import Result
from qjobs.selectors.results import PostedFile, posted_files, posted_result


@dataclass(frozen=True)
class ModelView:
    """A model with what it was trained from; `task` is the task whose result it is."""

    model: TrainedModel
    job: Job | None
    datasets: tuple[JobDataset, ...]
    parents: tuple[int, ...]
    files: tuple[PostedFile, ...]
    result: Result | None


@dataclass(frozen=True)
class ModelFilter:
    """Which models; None and an empty text filter nothing. `query`: words that the title has."""

    owner: str | None = None
    dataset_id: int | None = None
    query: str = ""


def all_models(wanted: ModelFilter = ModelFilter()) -> QuerySet[TrainedModel]:
    """Models, newest first. Titles are known of the specs that this site has read."""
    rows = TrainedModel.objects.all()
    if wanted.owner is not None:
        rows = rows.filter(owner=wanted.owner)
    if wanted.dataset_id is not None:
        reading = JobDataset.objects.filter(dataset_id=wanted.dataset_id)
        rows = rows.filter(job_id__in=reading.values("job_id"))
    if wanted.query:
        titled = SpecDocument.objects.all()
        for word in wanted.query.split():
            titled = titled.filter(title__icontains=word)
        jobs = Job.objects.filter(spec_digest__in=titled.values("digest"))
        rows = rows.filter(job_id__in=jobs.values("job_id"))
    return rows


def view_model(token_id: int) -> ModelView:
    """One model; raises NotFound."""
    model = TrainedModel.objects.filter(pk=token_id).first()
    if model is None:
        raise NotFound(f"There is no model {token_id}, or its block is not indexed yet.")
    # The digests are the model's own, also where the task's row is another reading of the chain.
    task = JobTask(
        job_id=model.job_id,
        task=0,
        artefact_digest=model.artefact_digest,
        metrics_digest=model.metrics_digest,
        run_record_digest=model.run_record_digest,
    )
    return ModelView(
        model=model,
        job=Job.objects.filter(pk=model.job_id).first(),
        datasets=tuple(JobDataset.objects.filter(job_id=model.job_id)),
        parents=tuple(JobParent.objects.filter(job_id=model.job_id).values_list("model_id", flat=True)),
        files=tuple(posted_files(task)),
        result=posted_result(task),
    )
