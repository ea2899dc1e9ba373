"""Trainings from some of the starts alone, counted over all seeds: none of them waits for another."""

from collections.abc import Sequence

from numpy.typing import NDArray

from qjobs.algorithms.optimisation.answers import seeds_of
from qjobs.algorithms.optimisation.data import ProblemData
from qjobs.algorithms.optimisation.job import landscape_of
from qjobs.algorithms.optimisation.problems import choice_of
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.qaoa.training import from_start
from qjobs.spec import QuboSpec


def train_starts(
    spec: QuboSpec, data: ProblemData, numbers: Sequence[int], watch: Watch
) -> dict[int, NDArray]:
    """The angles that these starts reach, by their numbers."""
    method, seeds = spec.algorithm, seeds_of(spec)
    landscape = landscape_of(spec, choice_of(spec, data))
    reached = {}
    for number in numbers:
        stage, start = divmod(number, method.restarts)
        reached[number] = from_start(method, landscape, watch, seed=seeds[stage], number=start)
    return reached
