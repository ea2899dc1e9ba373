"""How often each model was right and wrong on rows held out of training, from a posted metrics document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qjobs.rules.results import QUANTUM

MAX_SPLITS = 50
MAX_COUNT = 10**9
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


def confusions_of(metrics: Mapping[str, Any]) -> list[Confusion]:
    """Of the quantum model and of its best baseline; documents without counts, or with others, give none."""
    comparison = metrics.get("comparison")
    best = comparison.get("baseline") if isinstance(comparison, Mapping) else None
    names = [QUANTUM, best] if isinstance(best, str) else [QUANTUM]
    return [found for name in names if (found := _summed(name, metrics.get("splits"))) is not None]


def _summed(model: str, splits: Any) -> Confusion | None:
    if not isinstance(splits, list) or not 0 < len(splits) <= MAX_SPLITS:
        return None
    totals = [0] * len(_FIELDS)
    for split in splits:
        entry = split.get(model) if isinstance(split, Mapping) else None
        counts = entry.get("confusion") if isinstance(entry, Mapping) else None
        numbers = [counts.get(field) for field in _FIELDS] if isinstance(counts, Mapping) else []
        known = [number for number in numbers if type(number) is int and 0 <= number <= MAX_COUNT]
        if len(known) != len(_FIELDS):
            return None
        totals = [total + number for total, number in zip(totals, known, strict=True)]
    return Confusion(model, *totals)
