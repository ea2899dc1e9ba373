"""Data, jobs, models: what came of what, as a picture and as a list."""

from dataclasses import dataclass

from common import svg
from common.lineage import Box, Picture, picture
from governance.views.cards import StateInWords
from qjobs.models import JobParent, TrainedModel
from qjobs.selectors.jobs import JobFilter, all_jobs
from qjobs.selectors.models import ModelView
from qjobs.views.words import STATES

JOBS_SHOWN = 6
SOURCES_SHOWN = 8


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


@dataclass(frozen=True)
class ModelLineage:
    """The picture of a model's origin, and the newest jobs that started from it."""

    later_jobs: tuple[int, ...]
    picture_url: str
    width: int
    height: int


def lineage_of_model(view: ModelView) -> ModelLineage:
    """Datasets and parent models, the job, the model, and the jobs that started from it."""
    token_id = view.model.token_id
    later = tuple(
        JobParent.objects.filter(model_id=token_id)
        .order_by("-job_id")
        .values_list("job_id", flat=True)[:JOBS_SHOWN]
    )
    sources = [f"Dataset {row.dataset_id} v{row.version}" for row in view.datasets]
    sources += [f"Model {parent}" for parent in view.parents]
    job, model = f"Job {view.model.job_id}", f"Model {token_id}"
    boxes = [Box(f"from {words}", 0, words) for words in sources[:SOURCES_SHOWN]]
    lines = [(box.key, "job") for box in boxes]
    boxes += [Box("job", 1, job), Box("model", 2, model, is_accent=True)]
    lines.append(("job", "model"))
    for job_id in later:
        boxes.append(Box(f"later {job_id}", 3, f"Job {job_id}"))
        lines.append(("model", f"later {job_id}"))
    drawn = picture(boxes, lines)
    return ModelLineage(later, svg.data_url(drawn.svg), drawn.width, drawn.height)


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
