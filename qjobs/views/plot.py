"""The dot plot of a result, from a metrics document that anybody may have posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common import svg
from qjobs.rules.model_words import feature_words, method_words
from qjobs.rules.results import QUANTUM

MAX_ROWS = 24
MAX_SPLITS = 50
MAX_NAME_CHARACTERS = 60


@dataclass(frozen=True)
class Measured:
    """One model's accuracy with its interval, all parts of 1; `splits` are the single test parts, `redrawn`
    the interval with their rows drawn again, where the document has one."""

    key: str
    accuracy: float
    low: float
    high: float
    splits: tuple[float, ...]
    redrawn: tuple[float, float] | None = None

    @property
    def is_quantum(self) -> bool:
        return self.key == QUANTUM

    @property
    def name(self) -> str:
        return method_words(self.key)

    @property
    def note(self) -> str:
        return feature_words(self.key)


@dataclass(frozen=True)
class PlotRow:
    """A model and its strip of the plot."""

    measured: Measured
    strip_url: str


@dataclass(frozen=True)
class DotPlot:
    """All rows over one scale, the quantum model first, then the baselines from the best down."""

    rows: tuple[PlotRow, ...]
    axis_url: str


def measured_models(metrics: Mapping[str, Any]) -> list[Measured]:
    """The models of a metrics document; what is no number between 0 and 1 is left out."""
    models = metrics.get("models")
    if not isinstance(models, Mapping):
        return []
    found = [
        _measured(str(key), entry, metrics.get("splits")) for key, entry in list(models.items())[:MAX_ROWS]
    ]
    return sorted((each for each in found if each), key=lambda each: (not each.is_quantum, -each.accuracy))


def dot_plot(models: Sequence[Measured]) -> DotPlot | None:
    """The figure; None where there is nothing to draw."""
    if not models:
        return None
    numbers = [number for each in models for number in (each.low, each.accuracy, each.high, *each.splits)]
    axis, ticks = svg.axis_of(numbers)
    rows = tuple(PlotRow(each, _strip(each, axis, ticks)) for each in models)
    return DotPlot(rows, svg.data_url(svg.axis_strip(axis=axis, ticks=ticks)))


def _strip(each: Measured, axis: tuple[float, float], ticks: Sequence[float]) -> str:
    strip = svg.interval_strip(
        each.accuracy,
        each.low,
        each.high,
        axis=axis,
        splits=each.splits,
        ticks=ticks,
        is_accent=each.is_quantum,
    )
    return svg.data_url(strip)


def _measured(key: str, entry: Any, splits: Any) -> Measured | None:
    if not isinstance(entry, Mapping):
        return None
    accuracy, (low, high) = _share(entry.get("mean_accuracy")), _ends(entry.get("interval"))
    if accuracy is None:
        return None
    again = _ends(entry.get("bootstrap_interval"))
    return Measured(
        key=key[:MAX_NAME_CHARACTERS],
        accuracy=accuracy,
        low=accuracy if low is None else min(low, accuracy),
        high=accuracy if high is None else max(high, accuracy),
        splits=tuple(_split_accuracies(key, splits)),
        redrawn=None if again[0] is None or again[1] is None else (again[0], again[1]),
    )


def _ends(interval: Any) -> tuple[float | None, float | None]:
    if not isinstance(interval, list) or len(interval) != 2:
        return None, None
    return _share(interval[0]), _share(interval[1])


def _split_accuracies(key: str, splits: Any) -> list[float]:
    reports = splits[:MAX_SPLITS] if isinstance(splits, list) else []
    entries = [report.get(key) for report in reports if isinstance(report, Mapping)]
    shares = [_share(entry.get("accuracy")) for entry in entries if isinstance(entry, Mapping)]
    return [share for share in shares if share is not None]


def _share(number: Any) -> float | None:
    """The number where it is one between 0 and 1."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return float(number) if 0 <= number <= 1 else None
