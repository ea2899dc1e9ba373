"""How often each model was right and wrong on rows held out of training, from a posted metrics document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from qjobs.rules.results import QUANTUM

MAX_SPLITS = 50
MAX_COUNT = 10**9
MAX_CLASSES = 20
_FIELDS = ("true_positive", "false_negative", "false_positive", "true_negative")


@dataclass(frozen=True)
class Confusion:
    """Counts over all splits of one model."""

    model: str
    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return (self.true_positive, self.false_negative, self.false_positive, self.true_negative)

    @property
    def positive(self) -> int:
        return self.true_positive + self.false_negative

    @property
    def negative(self) -> int:
        return self.false_positive + self.true_negative


@dataclass(frozen=True)
class ClassConfusion:
    """Counts over all splits of one model: a line for each true class, a column for each that was named."""

    model: str
    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def right(self) -> int:
        return sum(line[place] for place, line in enumerate(self.counts))

    @property
    def rows(self) -> int:
        return sum(map(sum, self.counts))


def class_confusions_of(metrics: Mapping[str, Any]) -> list[ClassConfusion]:
    """Of the quantum model and of its best baseline, where they name one of several classes."""
    classes = metrics.get("classes")
    if not isinstance(classes, list) or not 2 <= len(classes) <= MAX_CLASSES:
        return []
    names = tuple(str(each) for each in classes)
    found = [_summed_classes(model, names, metrics.get("splits")) for model in _models(metrics)]
    return [each for each in found if each is not None]


def confusions_of(metrics: Mapping[str, Any]) -> list[Confusion]:
    """Of the quantum model and of its best baseline; documents without counts, or with others, give none."""
    found = [_summed(name, metrics.get("splits")) for name in _models(metrics)]
    return [each for each in found if each is not None]


def _models(metrics: Mapping[str, Any]) -> list[str]:
    comparison = metrics.get("comparison")
    best = comparison.get("baseline") if isinstance(comparison, Mapping) else None
    return [QUANTUM, best] if isinstance(best, str) else [QUANTUM]


def _counted(model: str, splits: Any) -> list[Any] | None:
    """What each split says of the model's errors; None where there are no splits."""
    if not isinstance(splits, list) or not 0 < len(splits) <= MAX_SPLITS:
        return None
    entries = [split.get(model) if isinstance(split, Mapping) else None for split in splits]
    return [entry.get("confusion") if isinstance(entry, Mapping) else None for entry in entries]


def _summed_classes(model: str, classes: tuple[str, ...], splits: Any) -> ClassConfusion | None:
    counted, size = _counted(model, splits), len(classes)
    if counted is None:
        return None
    totals = [[0] * size for _ in classes]
    for lines in counted:
        if not isinstance(lines, list) or len(lines) != size:
            return None
        for line, total in zip(lines, totals, strict=True):
            numbers = line if isinstance(line, list) else []
            if len(numbers) != size or not all(
                type(each) is int and 0 <= each <= MAX_COUNT for each in numbers
            ):
                return None
            total[:] = [before + number for before, number in zip(total, numbers, strict=True)]
    return ClassConfusion(model, classes, tuple(map(tuple, totals)))


def _summed(model: str, splits: Any) -> Confusion | None:
    counted = _counted(model, splits)
    if counted is None:
        return None
    totals = [0] * len(_FIELDS)
    for counts in counted:
        numbers = [counts.get(field) for field in _FIELDS] if isinstance(counts, Mapping) else []
        known = [number for number in numbers if _is_count(number)]
        if len(known) != len(_FIELDS):
            return None
        totals = [total + number for total, number in zip(totals, known, strict=True)]
    return Confusion(model, *totals)


def _is_count(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= MAX_COUNT
