"""What a job that is no classifier answered, from a metrics document that anybody may have posted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qjobs.rules.model_words import model_words

LARGEST = 1e12
MAX_ROWS = 16


@dataclass(frozen=True)
class Answer:
    """One number beside others; `note` says more about it."""

    words: str
    value: float
    note: str = ""
    is_quantum: bool = False


@dataclass(frozen=True)
class AnswerTable:
    """Numbers of one kind; `measure` says what they are."""

    title: str
    measure: str
    answers: tuple[Answer, ...]


def answer_tables(metrics: Mapping[str, Any]) -> list[AnswerTable]:
    """The tables of the document's algorithm; what is no number of a sane size is left out."""
    algorithm = metrics.get("algorithm")
    read = _READERS.get(algorithm) if isinstance(algorithm, str) else None
    return [table for table in read(metrics) if table.answers] if read else []


def _cuts(metrics: Mapping[str, Any]) -> Iterator[AnswerTable]:
    words = {
        "qaoa": "Best measurement of the circuit",
        "greedy": "Greedy flips",
        "annealing": "Simulated annealing",
        "random": "Best of as many random partitions",
        "exact": "All partitions looked at",
    }
    found = _below(metrics, "answers")
    answers = [
        Answer(text, cut, _percent(_number(_below(found, name).get("ratio"))), name == "qaoa")
        for name, text in words.items()
        if (cut := _number(_below(found, name).get("cut"))) is not None
    ]
    yield AnswerTable(
        "How much is cut", "Weight of the cut edges, and its share of the largest.", tuple(answers)
    )


def _optimised(metrics: Mapping[str, Any]) -> Iterator[AnswerTable]:
    """A cut, or a choice under constraints."""
    yield from _cuts(metrics)
    words = {
        "qaoa": "Best measurement of the circuit",
        "annealing": "Simulated annealing",
        "greedy": "Greedy choice",
        "random": "Best of as many random allowed choices",
        "exact": "All choices looked at",
    }
    yield AnswerTable(
        "How good the choices are",
        "1 is the best choice that keeps the constraints, 0 the worst, or one that breaks them; mean over "
        "the seeds, with its interval.",
        tuple(_qualities(_below(metrics, "answers"), words)),
    )
    kept, choices = _below(metrics, "allowed_probability"), _below(metrics, "choices")
    mean, allowed, every = (
        _number(each) for each in (kept.get("mean"), choices.get("allowed"), choices.get("all"))
    )
    if mean is not None and allowed is not None and every:
        yield AnswerTable(
            "How often the constraints are kept",
            "Share of single measurements, and of bits thrown at random.",
            (Answer("One measurement", mean, is_quantum=True), Answer("Random bits", allowed / every)),
        )


def _qualities(found: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[Answer]:
    for name, text in words.items():
        report = _below(found, name)
        mean, best = _number(report.get("mean_quality")), _number(report.get("best"))
        ends = _interval(report)
        if mean is not None:
            notes = (
                f"{ends[0]:.4g} to {ends[1]:.4g}" if ends else "",
                "" if best is None else f"best {best:.6g}",
            )
            yield Answer(text, mean, "; ".join(filter(None, notes)), name == "qaoa")


def _interval(report: Mapping[str, Any], name: str = "interval") -> tuple[float, float] | None:
    interval = report.get(name)
    ends = [_number(end) for end in interval] if isinstance(interval, list) else []
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    return ends[0], ends[1]


def _energies(metrics: Mapping[str, Any]) -> Iterator[AnswerTable]:
    words = {
        "vqe": "Trained state",
        "product": "Best unentangled state",
        "hartree_fock": "Hartree-Fock",
        "exact": "Exact",
    }
    found = _below(metrics, "answers")
    answers = [
        Answer(text, energy, is_quantum=name == "vqe")
        for name, text in words.items()
        if (energy := _number(found.get(name))) is not None
    ]
    unit = " in hartree" if metrics.get("unit") == "hartree" else ""
    yield AnswerTable("The lowest energy", f"Energy{unit}; the lower the better.", tuple(answers))
    yield AnswerTable(
        "Energies state by state", f"Energy{unit}, from the lowest state up.", tuple(_states(metrics))
    )


def _states(metrics: Mapping[str, Any]) -> Iterator[Answer]:
    for number, state in enumerate(_listed(metrics.get("states"))):
        energy, exact = _number(state.get("energy")), _number(state.get("exact"))
        if energy is not None:
            yield Answer(
                f"State {number}", energy, "" if exact is None else f"exact {exact:.6g}", is_quantum=True
            )


def _components(metrics: Mapping[str, Any]) -> Iterator[AnswerTable]:
    words = {
        "quantum": "Quantum kernel",
        "pca_all": "PCA on all features",
        "rbf_reduced": "RBF kernel on the reduced features",
        "rbf_all": "RBF kernel on all features",
    }
    yield AnswerTable(
        "What the components keep",
        "Share of the variance of held-out rows that the components give back, with its interval.",
        tuple(_scores(metrics, words, "mean")),
    )
    shares = _below(metrics, "final_model").get("explained")
    numbers = [_number(share) for share in shares[:MAX_ROWS]] if isinstance(shares, list) else []
    yield AnswerTable(
        "Explained variance",
        "Share of the variance in the space of the kernel, component by component.",
        tuple(
            Answer(f"Component {number}", share, is_quantum=True)
            for number, share in enumerate(numbers, start=1)
            if share is not None
        ),
    )


def _regressions(metrics: Mapping[str, Any]) -> Iterator[AnswerTable]:
    words = {
        str(name): str(name)[:60].replace("_", ", ") for name in list(_below(metrics, "models"))[:MAX_ROWS]
    }
    yield AnswerTable(
        "How well the numbers are met",
        "R2 on rows held out of training: 1 is exact, 0 no better than their mean. With its interval.",
        tuple(_scores(metrics, {**words, "quantum": "Quantum network"}, "mean_r2")),
    )


def _machines(metrics: Mapping[str, Any]) -> Iterator[AnswerTable]:
    """What accuracies do not say: numbers, the unusual, and chances of classes."""
    words = {str(name): model_words(str(name)[:60]) for name in list(_below(metrics, "models"))[:MAX_ROWS]}
    yield AnswerTable(
        "How well the numbers are met",
        "R2 on rows held out of training: 1 is exact, 0 no better than their mean. With its interval.",
        tuple(_scores(metrics, words, "mean_r2")),
    )
    yield AnswerTable(
        "How far off it is",
        "Mean absolute error on rows held out of training, in units of the column, with its interval.",
        tuple(_scores(metrics, words, "mean_mae", "mae_interval")),
    )
    yield AnswerTable(
        "How well the unusual is told apart",
        "Share of pairs of an unusual and a usual row, both held out, of which the unusual one is ranked "
        "higher (area under the ROC curve), with its interval; 0.5 is chance.",
        tuple(_scores(metrics, words, "mean_auc")),
    )
    yield AnswerTable(
        "How good the chances are",
        "Logarithmic loss of the chance that was given to the true class; the lower the better. With its "
        "interval.",
        tuple(_scores(metrics, words, "mean_log_loss", "log_loss_interval")),
    )


def _scores(
    metrics: Mapping[str, Any], words: Mapping[str, str], field: str, interval: str = "interval"
) -> Iterable[Answer]:
    for name, text in words.items():
        report = _below(_below(metrics, "models"), name)
        value, ends = _number(report.get(field)), _interval(report, interval)
        again = _interval(report, "bootstrap_interval") if interval == "interval" else None
        if value is not None:
            notes = (
                f"{ends[0]:.4g} to {ends[1]:.4g}" if ends else "",
                f"rows drawn again {again[0]:.4g} to {again[1]:.4g}" if again else "",
            )
            yield Answer(text, value, "; ".join(filter(None, notes)), name == "quantum")


def _below(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value[:MAX_ROWS] if isinstance(each, Mapping)] if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
    return float(value) if is_number else None


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%} of the largest"


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[AnswerTable]]] = {
    "qaoa": _optimised,
    "qsvm": _machines,
    "vqe": _energies,
    "qpca": _components,
    "qnn": _regressions,
}
"""By the algorithm that the document names."""
