"""One small job of every kind, that the tests of what all kinds promise share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import Algorithm, algorithm_of
from qjobs.algorithms.result import AlgorithmResult
from qjobs.algorithms.rows import TableBytes
from qjobs.spec import JobSpec, build_spec
from tests.vectors.qjobs.choices import PROBLEMS, choice_fields
from tests.vectors.qjobs.energies import TERMS, energy_fields, terms_fields
from tests.vectors.qjobs.graphs import PRISM, graph_fields
from tests.vectors.qjobs.machines import machine_fields, marks_csv, numbers_csv, three_classes_csv
from tests.vectors.qjobs.reductions import FLOWERS, reduction_fields
from tests.vectors.qjobs.specs import spec_fields, two_irises_csv
from tests.vectors.qjobs.trained import IRISES, qnn_fields

SHORT = {
    "splits": {"count": 2, "test_fraction": 0.25, "seed": 3},
    "algorithm": {"c_grid": [1], "bandwidth_grid": [0.2], "inner_folds": 2},
    "baselines": {"c_grid": [1], "gamma_grid": [1]},
    "feature_map": {"reps": 1},
}


def _pair_fields(**changes: Any) -> dict[str, Any]:
    return spec_fields(two_irises_csv(), **{**SHORT, **changes})


def _machine(content: bytes, task: str) -> Callable[..., dict[str, Any]]:
    return lambda **changes: machine_fields(content, task, **changes)


CLASSES, NUMBERS, MARKS = three_classes_csv(), numbers_csv(60), marks_csv()
KINDS: dict[str, tuple[Callable[..., dict[str, Any]], bytes]] = {
    "two classes": (_pair_fields, two_irises_csv()),
    "classes": (_machine(CLASSES, "classify"), CLASSES),
    "numbers": (_machine(NUMBERS, "regress"), NUMBERS),
    "the unusual": (_machine(MARKS, "detect"), MARKS),
    "components": (reduction_fields, FLOWERS),
    "trained circuit": (qnn_fields, IRISES),
    "energy": (energy_fields, b""),
    "energy of strings": (terms_fields, TERMS),
    "cut": (graph_fields, PRISM),
    "choice": (lambda **changes: choice_fields("route", **changes), PROBLEMS["route"][0]),
}
"""By name: the fields of a spec, and the bytes of its dataset."""


@dataclass(frozen=True)
class Kind:
    """A spec with its data, not yet run."""

    spec: JobSpec
    data: Any

    @classmethod
    def of(cls, name: str, content: bytes | None = None, **changes: Any) -> "Kind":
        fields, own = KINDS[name]
        spec = build_spec(fields(**changes))
        inputs = {1: TableBytes(own if content is None else content)} if own else {}
        return cls(spec, algorithm_of(spec).load(spec, inputs))

    @property
    def algorithm(self) -> Algorithm[Any, Any]:
        return algorithm_of(self.spec)

    def run(self, on_progress: Any = ignore_progress, should_cancel: Any = never_cancel) -> AlgorithmResult:
        return self.algorithm.run(self.spec, self.data, on_progress, should_cancel)
