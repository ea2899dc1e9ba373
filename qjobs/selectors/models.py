"""Trained models with their result and lineage."""

from dataclasses import dataclass

from django.db.models import QuerySet

from common.errors import NotFound
from qjobs.models import Job, JobDataset, JobParent, JobTask, TrainedModel
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


def all_models(*, owner: str | None = None) -> QuerySet[TrainedModel]:
    """Models, newest first."""
    rows = TrainedModel.objects.all()
    return rows if owner is None else rows.filter(owner=owner)


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
