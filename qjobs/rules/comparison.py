"""Two runs side by side: where their specs differ, and what each model reached."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qjobs.rules.model_words import model_words
from qjobs.rules.results import Result, Score
from qjobs.spec import JobSpec

ABSENT = "not there"


@dataclass(frozen=True)
class SpecRow:
    """A field of which the two specs say different things."""

    field: str
    first: str
    second: str


@dataclass(frozen=True)
class ScoreRow:
    """One model's score in each run; None where a run has no such model."""

    name: str
    features: str
    first: Score | None
    second: Score | None

    @property
    def words(self) -> str:
        """The model's name for people."""
        return model_words(self.name)


def spec_rows(first: JobSpec, second: JobSpec) -> list[SpecRow]:
    """The differing fields, by their dotted path."""
    left, right = dict(_leaves(first.model_dump(mode="json"))), dict(_leaves(second.model_dump(mode="json")))
    return [
        SpecRow(field, left.get(field, ABSENT), right.get(field, ABSENT))
        for field in sorted(left.keys() | right.keys())
        if left.get(field) != right.get(field)
    ]


def score_rows(first: Result | None, second: Result | None) -> list[ScoreRow]:
    """The quantum models in the first row, then every baseline by name and features."""
    quantum = [(result.quantum if result else None) for result in (first, second)]
    rows = []
    for one in quantum:
        if one is not None:
            rows.append(ScoreRow(one.name, one.features, *quantum))
            break
    left, right = _baselines(first), _baselines(second)
    rows += [ScoreRow(*key, left.get(key), right.get(key)) for key in dict.fromkeys([*left, *right])]
    return rows


def _baselines(result: Result | None) -> dict[tuple[str, str], Score]:
    return {(one.name, one.features): one for one in (result.baselines if result else ())}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for position, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{position}")
    elif isinstance(value, list):
        yield path, ", ".join(str(one) for one in value)
    else:
        yield path, "none" if value is None else str(value)
