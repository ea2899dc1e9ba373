"""A result's pictures beside the dot plot: confusion matrices and a sample of the kernel, as figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common import svg
from common.svg_graph import marks
from common.svg_grids import class_confusion, confusion, shades
from qjobs.rules.confusions import ClassConfusion, Confusion, class_confusions_of, confusions_of
from qjobs.rules.drawings import Drawing, drawing_of
from qjobs.rules.model_words import feature_words, method_words
from qjobs.selectors.drawings import posted_preprocessing
from qjobs.selectors.kernels import kernel_sample
from qjobs.selectors.results import PostedFile
from qjobs.views.plot import MAX_NAME_CHARACTERS


@dataclass(frozen=True)
class ConfusionPicture:
    """One model's matrix; `name` and `note` are the words of the dot plot."""

    name: str
    note: str
    counts: Confusion
    picture_url: str


@dataclass(frozen=True)
class ClassPicture:
    """One model's matrix over several classes."""

    name: str
    note: str
    counts: ClassConfusion
    picture_url: str


@dataclass(frozen=True)
class KernelPicture:
    """`mean` is that of the fidelities between different rows."""

    side: int
    mean: float
    picture_url: str


@dataclass(frozen=True)
class DrawnAnswer:
    """A cut, choice or route as a picture."""

    drawing: Drawing
    picture_url: str


def result_pictures(metrics: Mapping[str, Any], files: Sequence[PostedFile]) -> dict[str, Any]:
    """What `qjobs/result_pictures.html` shows; empty parts where the numbers are not there."""
    return {
        "confusions": [
            ConfusionPicture(*_words(one.model), one, svg.data_url(confusion(one.counts)))
            for one in confusions_of(metrics)
        ],
        "class_confusions": [
            ClassPicture(*_words(one.model), one, svg.data_url(class_confusion(one.counts)))
            for one in class_confusions_of(metrics)
        ],
        "kernel": _kernel(files),
        "drawn": _drawn(metrics, files),
    }


def _words(model: str) -> tuple[str, str]:
    """The model's name and its features, as in the dot plot."""
    key = model[:MAX_NAME_CHARACTERS]
    return method_words(key), feature_words(key)


def _drawn(metrics: Mapping[str, Any], files: Sequence[PostedFile]) -> DrawnAnswer | None:
    if metrics.get("algorithm") != "qaoa":
        return None
    drawing = drawing_of(metrics, posted_preprocessing(files))
    if drawing is None:
        return None
    return DrawnAnswer(drawing, svg.data_url(marks(drawing.places, drawing.groups, drawing.lines)))


def _kernel(files: Sequence[PostedFile]) -> KernelPicture | None:
    sample = kernel_sample(files)
    if sample is None or len(sample) < 2:
        return None
    side = len(sample)
    different = sum(sum(line) for line in sample) - sum(sample[row][row] for row in range(side))
    mean = different / (side * (side - 1))
    return KernelPicture(side, mean, svg.data_url(shades(sample)))
