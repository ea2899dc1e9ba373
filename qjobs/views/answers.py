"""Tables of answers as figures: a dot for each number over one scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common import svg
from qjobs.rules.answers import Answer, AnswerTable, answer_tables
from qjobs.rules.geometry_words import geometry_tables
from qjobs.rules.noise_words import noise_tables


@dataclass(frozen=True)
class AnswerRow:
    """An answer and its strip of the plot."""

    answer: Answer
    strip_url: str


@dataclass(frozen=True)
class AnswerPlot:
    """A table whose rows are drawn over one scale."""

    table: AnswerTable
    rows: tuple[AnswerRow, ...]


def answer_plots(metrics: Mapping[str, Any]) -> list[AnswerPlot]:
    """What `qjobs/result_answers.html` shows; nothing for a document that names another algorithm."""
    tables = (*answer_tables(metrics), *geometry_tables(metrics), *noise_tables(metrics))
    return [_plot(table) for table in tables]


def _plot(table: AnswerTable) -> AnswerPlot:
    numbers = [each.value for each in table.answers]
    # Numbers that are all above 0 are drawn from 0, so that lengths compare.
    low, high = min(0.0, *numbers) if min(numbers) >= 0 else min(numbers), max(numbers)
    span = (high - low) or 1.0
    return AnswerPlot(
        table, tuple(AnswerRow(each, _strip(each, (each.value - low) / span)) for each in table.answers)
    )


def _strip(answer: Answer, place: float) -> str:
    strip = svg.interval_strip(
        place, place, place, axis=(0.0, 1.0), ticks=(0.0, 0.5, 1.0), is_accent=answer.is_quantum
    )
    return svg.data_url(strip)
