"""The model card: what a person should know before using the model."""

from collections.abc import Mapping
from typing import Any

from qjobs.algorithms.bootstrap_card import bootstrap_table
from qjobs.algorithms.geometry import geometry_sentence
from qjobs.algorithms.machines.scores import SCORES
from qjobs.algorithms.noise_evaluation.card import noise_section
from qjobs.spec import MachineSpec, spec_cid
from qjobs.spec.machines import KernelDetector
from qjobs.spec.parts import ClassColumns, Columns

MODEL_NAMES = {
    "quantum": "quantum kernel",
    "linear": "linear SVM",
    "ridge": "ridge regression",
    "gaussian": "Gaussian",
    "rbf": "the same machine on an RBF kernel",
    "boosting": "boosted trees",
}
FEATURES = {"reduced": ", reduced features", "all": ", all features"}
TITLES = {
    "classify": "Quantum-kernel classifier",
    "regress": "Quantum-kernel regression",
    "detect": "Quantum-kernel detector of the unusual",
}


def model_card(spec: MachineSpec, metrics: Mapping[str, Any]) -> str:
    """The card in Markdown, from the spec and the metrics alone."""
    datasets = "\n".join(
        f"- dataset {each.token_id}, version {each.version}, `{each.content_cid}`" for each in spec.datasets
    )
    score = SCORES[spec.algorithm.task]
    return f"""# {spec.title or TITLES[spec.algorithm.task]}

{metrics["verdict_sentence"]}

## What it does

{_purpose(spec)} {metrics["features"]} features are standardised, reduced to {spec.qubits} principal
components and encoded as angles by the circuit in `circuit.qasm` ({spec.qubits} qubits,
{spec.feature_map.name} feature map). The kernel is the fidelity of the resulting states, computed exactly by
the `{spec.engine}` engine.

## Data

{datasets}
- {metrics["rows"]} rows

## How good it is

Mean test score ({score}) over {spec.splits.count} stratified splits (test part
{spec.splits.test_fraction:.0%}), every model tuned inside the same training parts. Intervals:
{metrics["interval_method"]}.

| model | mean {score} | interval |
|---|---|---|
{_lines(metrics["models"], f"mean_{score}")}
{bootstrap_table(metrics, _name)}{_beside(spec, metrics)}
{geometry_sentence(metrics["geometry"])}
{noise_section(metrics)}
## The model in these files

{_made_of(spec, metrics)}

- `model.safetensors`: rows of the kernel, weights and intercepts
- `preprocessing.json`: means, scales, principal components, angle ranges
- `circuit.qasm`, `circuit.qpy`: the feature map
- `metrics.json`: every number above, split by split

## Limits

Trained and tested on one table; nothing is known about rows from elsewhere. No rows with missing values.
Simulated without noise: hardware would do worse. Spec: `{spec_cid(spec)}`.
"""


def _purpose(spec: MachineSpec) -> str:
    columns = spec.datasets[0].columns
    if isinstance(columns, ClassColumns):
        names = ", ".join(f"`{name}`" for name in columns.classes)
        return f"Names the `{columns.label}` of a row: {names}. There is one machine a pair of classes."
    if isinstance(columns, Columns):
        return (
            f"Finds rows like those with `{columns.label}` = `{columns.positive_label}`, having seen others "
            "alone: its answer is above 0 where a row is unlike them."
        )
    return f"Predicts `{columns.label}` as a number, by support vector regression."


def _made_of(spec: MachineSpec, metrics: Mapping[str, Any]) -> str:
    final = metrics["final_model"]
    margin = f", epsilon = {final['epsilon']:g} standard deviations" if final["epsilon"] else ""
    c = "" if isinstance(spec.algorithm, KernelDetector) else f"C = {final['c']:g}{margin} and "
    said = (
        f"Fitted on all {final['rows']} rows{_usual(spec)} with {c}bandwidth = {final['bandwidth']:g}; the "
        f"table above estimates its score. It carries {final['basis_rows']} rows of the data in reduced "
        f"coordinates. Optimality residual below {metrics['kkt_tolerance']:g}."
    )
    return f"{said}{_landmarks(final['landmarks'])}"


def _landmarks(report: Mapping[str, Any] | None) -> str:
    if report is None:
        return ""
    return (
        f" Its kernel is read against {report['count']} landmarks (Nystroem): on {report['compared_rows']} "
        f"rows it is {report['relative_error']:.2%} from the whole one in the mean, and "
        f"{report['largest_error']:.4f} at most."
    )


def _usual(spec: MachineSpec) -> str:
    method = spec.algorithm
    if not isinstance(method, KernelDetector):
        return ""
    return f" that are usual, {method.outlier_share:.0%} of which it may call unusual,"


def _beside(spec: MachineSpec, metrics: Mapping[str, Any]) -> str:
    """What is told besides the score."""
    if spec.algorithm.task == "regress":
        lines = _lines(metrics["models"], "mean_mae", "mae_interval")
        return f"\n| model | mean absolute error | interval |\n|---|---|---|\n{lines}\n"
    if not spec.algorithm.is_calibrated:
        return ""
    told = {name: each for name, each in metrics["models"].items() if "mean_log_loss" in each}
    lines = _lines(told, "mean_log_loss", "log_loss_interval")
    return (
        "\nThe chances of the classes are calibrated by a sigmoid a machine, fitted inside the training part:"
        f"\n\n| model | mean logarithmic loss | interval |\n|---|---|---|\n{lines}\n"
    )


def _lines(models: Mapping[str, Any], mean: str, interval: str = "interval") -> str:
    return "\n".join(
        f"| {_name(name)} | {each[mean]:.4f} | {each[interval][0]:.4f} to {each[interval][1]:.4f} |"
        for name, each in models.items()
    )


def _name(key: str) -> str:
    kind, _, features = key.partition("_")
    return MODEL_NAMES.get(kind, kind) + FEATURES.get(features, "")
