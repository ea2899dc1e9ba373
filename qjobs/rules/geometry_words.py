"""How near classical kernels come to the quantum one, from a document that anybody may have posted."""

from collections.abc import Iterator, Mapping
from typing import Any

from qjobs.rules.answers import Answer, AnswerTable
from qjobs.rules.model_words import feature_words

LARGEST = 1e6
MAX_KERNELS = 16
KERNELS = {"linear": "Linear kernel", "pca": "Linear kernel", "rbf": "RBF kernel"}


def geometry_tables(metrics: Mapping[str, Any]) -> Iterator[AnswerTable]:
    """The geometric difference to each classical kernel; nothing where the document tells none."""
    report = metrics.get("geometry")
    if not isinstance(report, Mapping):
        return
    found, rows = report.get("geometric_difference"), _figure(report.get("sqrt_rows"))
    kernels = list(found.items())[:MAX_KERNELS] if isinstance(found, Mapping) else []
    answers = [
        Answer(_words(str(name)), g)
        for name, each in kernels
        if isinstance(each, Mapping) and (g := _figure(each.get("g"))) is not None
    ]
    if answers and rows is not None:
        yield AnswerTable("How far classical kernels are", _measure(rows, report), tuple(answers))


def _measure(root: float, report: Mapping[str, Any]) -> str:
    said = (
        f"Geometric difference to the final kernel, at the width that comes nearest. Far below {root:.1f}, "
        "the root of the rows, a classical kernel does as well on any labels (Huang et al. 2021)."
    )
    if report.get("is_concentrated") is True:
        said += " The kernel is concentrated: hardware could hardly tell its entries apart."
    return said


def _words(name: str) -> str:
    kind = KERNELS.get(name.partition("_")[0], name[:60])
    return f"{kind} {feature_words(name)}".strip()


def _figure(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= LARGEST else None
