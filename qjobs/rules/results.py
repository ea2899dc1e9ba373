"""A posted metrics document as pages and API show it: the quantum model beside its baselines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

QUANTUM = "quantum"
# Shares lie in [0, 1]; the interval of two splits may reach far over both ends.
LARGEST = 1000
TOKEN_TEXT = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Score:
    """A model's mean test accuracy over the splits with its interval, all in [0, 1]."""

    name: str
    features: str
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True)
class Beginning:
    """The model that training began with, the loss there and at a fresh start, and how far angles moved.

    is_compared: whether the trainings that are scored began there too.
    """

    model: int
    loss: float
    fresh_loss: float
    mean_move_rad: float
    is_compared: bool


@dataclass(frozen=True)
class Redrawn:
    """Where the quantum model's score less the best baseline's lies with test rows drawn again, in points.

    method: how they were drawn, where the document says it.
    """

    low_points: float
    high_points: float
    method: str


@dataclass(frozen=True)
class Result:
    """`verdict` is the honest sentence; `redrawn` the paired difference to the best baseline."""

    quantum: Score | None
    baselines: tuple[Score, ...]
    verdict: str
    outcome: str
    metrics: Mapping[str, Any]
    beginning: Beginning | None = None
    redrawn: Redrawn | None = None


def result_of(metrics: Mapping[str, Any]) -> Result:
    """The result; a document of another shape gives empty parts, since anybody may have posted it."""
    models = metrics.get("models")
    scores = [_score(name, report) for name, report in models.items()] if isinstance(models, Mapping) else []
    known = [score for score in scores if score is not None]
    return Result(
        quantum=next((score for score in known if score.name == QUANTUM), None),
        baselines=tuple(sorted((s for s in known if s.name != QUANTUM), key=lambda s: -s.accuracy)),
        verdict=_text(metrics.get("verdict_sentence")),
        outcome=_text(metrics.get("verdict")),
        metrics=metrics,
        beginning=_beginning(metrics.get("parent")),
        redrawn=_redrawn(metrics),
    )


def _redrawn(metrics: Mapping[str, Any]) -> Redrawn | None:
    comparison = metrics.get("comparison")
    ends = comparison.get("bootstrap_interval") if isinstance(comparison, Mapping) else None
    if not isinstance(ends, list) or len(ends) != 2 or not all(map(_is_measure, ends)):
        return None
    return Redrawn(100 * float(ends[0]), 100 * float(ends[1]), _text(metrics.get("bootstrap_method")))


def _beginning(report: Any) -> Beginning | None:
    if not isinstance(report, Mapping):
        return None
    model = report.get("model")
    found = [report.get(name, "") for name in ("loss_at_start", "loss_at_fresh_start", "mean_move_rad")]
    if not isinstance(model, str) or not TOKEN_TEXT.fullmatch(model) or not all(map(_is_measure, found)):
        return None
    loss, fresh_loss, move = (float(number) for number in found)
    is_compared = report.get("splits_begin") == "with the parent"
    return Beginning(int(model), loss, fresh_loss, move, is_compared)


def _score(name: str, report: Any) -> Score | None:
    """Names of baselines are "<model>_<features>": "rbf_all"."""
    if not isinstance(report, Mapping):
        return None
    interval = report.get("interval")
    if not isinstance(interval, list) or len(interval) != 2:
        return None
    numbers = [report.get("mean_accuracy"), *interval]
    if not all(_is_measure(number) for number in numbers):
        return None
    features = "reduced" if name == QUANTUM else name.rpartition("_")[2]
    return Score(name, features, *(float(number) for number in numbers))


def _is_measure(value: Any) -> bool:
    """Whether it is a number as a measurement gives it: JSON also knows numbers that no float holds."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
