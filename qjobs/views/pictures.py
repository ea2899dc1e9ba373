"""A result's pictures beside the dot plot: confusion matrices and a sample of the kernel, as figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common import svg
from common.svg_grids import confusion, shades
from qjobs.rules.confusions import Confusion, confusions_of
from qjobs.selectors.kernels import kernel_sample
from qjobs.selectors.results import PostedFile
from qjobs.views.plot import measured_models


@dataclass(frozen=True)
class ConfusionPicture:
    """One model's matrix; `name` and `note` are the words of the dot plot."""

    name: str
    note: str
    counts: Confusion
    picture_url: str


@dataclass(frozen=True)
class KernelPicture:
    """`mean` is that of the fidelities between different rows."""

    side: int
    mean: float
    picture_url: str


def result_pictures(metrics: Mapping[str, Any], files: Sequence[PostedFile]) -> dict[str, Any]:
    """What `qjobs/result_pictures.html` shows; empty parts where the numbers are not there."""
    models = {each.key: each for each in measured_models(metrics)}
    matrices = [
        ConfusionPicture(
            models[one.model].name, models[one.model].note, one, svg.data_url(confusion(one.counts))
        )
        for one in confusions_of(metrics)
        if one.model in models
    ]
    return {"confusions": matrices, "kernel": _kernel(files)}


def _kernel(files: Sequence[PostedFile]) -> KernelPicture | None:
    sample = kernel_sample(files)
    if sample is None or len(sample) < 2:
        return None
    side = len(sample)
    different = sum(sum(line) for line in sample) - sum(sample[row][row] for row in range(side))
    mean = different / (side * (side - 1))
    return KernelPicture(side, mean, svg.data_url(shades(sample)))
