"""The curves in a worker's log: which measured steps belong together."""

from collections.abc import Iterable
from dataclasses import dataclass

from qjobs.rules.model_words import model_words

MAX_SERIES = 8
MAX_NAME_CHARACTERS = 40


@dataclass(frozen=True)
class Curve:
    """Measured values by step: `points` are (step, value), steps increasing."""

    name: str
    points: tuple[tuple[int, float], ...]


def series_of(stage: str, message: str) -> str:
    """Steps of one method carry its key after the last colon; others are known by their stage.

    >>> series_of("splits", "split 2 of 5: rbf_all")
    'RBF-SVM on all features'
    >>> series_of("energy", "iteration 7")
    'energy'
    """
    _, colon, name = message.rpartition(": ")
    return (model_words(name.strip()) if colon else stage)[:MAX_NAME_CHARACTERS] or stage[
        :MAX_NAME_CHARACTERS
    ]


def curves_of(steps: Iterable[tuple[str, str, int, float | None]]) -> list[Curve]:
    """Curves of (stage, message, step, value), in the order of their first point; at most eight."""
    points: dict[str, dict[int, float]] = {}
    for stage, message, step, value in steps:
        if value is not None:
            points.setdefault(series_of(stage, message), {})[step] = value
    return [Curve(name, tuple(sorted(each.items()))) for name, each in list(points.items())[:MAX_SERIES]]
