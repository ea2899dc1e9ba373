"""Data, jobs, models: what came of a dataset, as a picture and as a list."""

from dataclasses import dataclass

from common import svg
from common.lineage import Box, Picture, picture
from governance.views.cards import StateInWords
from qjobs.models import TrainedModel
from qjobs.selectors.jobs import JobFilter, all_jobs
from qjobs.views.words import STATES

JOBS_SHOWN = 6


@dataclass(frozen=True)
class LineageStep:
    """A job that read the dataset, and the models that came of it."""

    job_id: int
    state: StateInWords
    models: tuple[int, ...]


@dataclass(frozen=True)
class Lineage:
    """The newest jobs of a dataset; empty where there is none."""

    steps: tuple[LineageStep, ...]
    picture_url: str
    width: int
    height: int


def lineage_of(dataset_id: int) -> Lineage:
    """The newest jobs that read the dataset with their models, in two queries."""
    jobs = list(all_jobs(JobFilter(dataset_id=dataset_id))[:JOBS_SHOWN])
    models: dict[int, list[int]] = {}
    made = TrainedModel.objects.filter(job_id__in=[job.job_id for job in jobs]).order_by("token_id")
    for job_id, token_id in made.values_list("job_id", "token_id"):
        models.setdefault(job_id, []).append(token_id)
    steps = tuple(
        LineageStep(job.job_id, STATES[job.state], tuple(models.get(job.job_id, ()))) for job in jobs
    )
    drawn = _drawn(dataset_id, steps)
    return Lineage(steps, svg.data_url(drawn.svg), drawn.width, drawn.height)


def _drawn(dataset_id: int, steps: tuple[LineageStep, ...]) -> Picture:
    boxes, lines = [Box("data", 0, f"Dataset {dataset_id}", is_accent=True)], []
    for step in steps:
        job = f"job {step.job_id}"
        boxes.append(Box(job, 1, f"Job {step.job_id}"))
        lines.append(("data", job))
        for model in step.models:
            boxes.append(Box(f"model {model}", 2, f"Model {model}", is_accent=True))
            lines.append((job, f"model {model}"))
    return picture(boxes, lines)
