"""Refusals of a job spec, worded for the person who wrote it."""

from dataclasses import dataclass

from common.errors import InvalidInput


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong; `field` is a dotted path such as `datasets.0.columns.label`."""

    field: str
    message: str


class SpecRefused(InvalidInput):
    """The document is no valid job spec; `problems` names every reason, `str()` reads as one sentence."""

    code = "spec_refused"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        sentence = "; ".join(
            f"{each.field}: {each.message}" if each.field else each.message for each in problems
        )
        super().__init__(sentence, field=problems[0].field or None)
        self.problems = problems


class ParentRefused(InvalidInput):
    """Training cannot begin with this model; the message says what stands against it, with both numbers."""

    code = "parent_refused"

    def __init__(self, message: str) -> None:
        super().__init__(message, field="parent_models")
