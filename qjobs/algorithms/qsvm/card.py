"""The model card: what a person should know before using the model."""

from collections.abc import Mapping
from typing import Any

from qjobs.algorithms.bootstrap_card import bootstrap_table
from qjobs.algorithms.geometry import geometry_sentence
from qjobs.algorithms.noise_evaluation.card import device_in_words, noise_section
from qjobs.spec import LearningSpec, spec_cid
from qjobs.spec.document import EXACT_ENGINE

MODEL_NAMES = {
    "quantum": "quantum kernel",
    "linear_reduced": "linear SVM, reduced features",
    "rbf_reduced": "RBF-SVM, reduced features",
    "linear_all": "linear SVM, all features",
    "rbf_all": "RBF-SVM, all features",
}


def model_card(spec: LearningSpec, metrics: Mapping[str, Any]) -> str:
    """The card in Markdown, from the spec and the metrics alone."""
    final, columns = metrics["final_model"], spec.datasets[0].columns
    datasets = "\n".join(
        f"- dataset {each.token_id}, version {each.version}, `{each.content_cid}`" for each in spec.datasets
    )
    return f"""# {spec.title or "Quantum-kernel support vector machine"}

{metrics["verdict_sentence"]}

## What it does

Tells rows with `{columns.label}` = `{columns.positive_label}` from the others. {metrics["features"]} features
are standardised, reduced to {spec.qubits} principal components and encoded as angles by the circuit in
`circuit.qasm` ({spec.qubits} qubits, {spec.feature_map.name} feature map). The kernel is the fidelity of the
resulting states, {_kernel(spec)}.

## Data

{datasets}
- {metrics["rows"]} rows, {metrics["positive_rows"]} positive

## How good it is

Mean test accuracy over {spec.splits.count} stratified splits (test part {spec.splits.test_fraction:.0%}),
every model tuned inside the same training parts. Intervals: {metrics["interval_method"]}.

| model | mean test accuracy | interval |
|---|---|---|
{_rows(metrics["models"])}
{bootstrap_table(metrics, _name)}{_geometry(metrics)}{noise_section(metrics)}
## The model in these files

Fitted on all {final["rows"]} rows with C = {final["c"]:g} and bandwidth = {final["bandwidth"]:g}, so no row
was held back from it; the table above estimates its accuracy. It carries {final["support_vectors"]} support
vectors: each is one row of the data in reduced coordinates. Optimality residual below
{metrics["kkt_tolerance"]:g}.

- `model.safetensors`: support vectors, dual coefficients, intercept
- `preprocessing.json`: means, scales, principal components, angle ranges
- `circuit.qasm`, `circuit.qpy`: the feature map
- `metrics.json`: every number above, split by split

## Limits

Trained and tested on one table; nothing is known about rows from elsewhere. No rows with missing values.
Simulated without noise: hardware would do worse. Spec: `{spec_cid(spec)}`.
"""


def _kernel(spec: LearningSpec) -> str:
    if spec.engine == EXACT_ENGINE:
        return f"computed exactly by the `{spec.engine}` engine"
    device = spec.device
    on_what = "" if device is None else f" on {device_in_words(device.model_dump(mode='json'))}"
    return (
        f"in training measured {spec.shots} times an entry by the `{spec.engine}` engine{on_what}; "
        "predictions take the exact one"
    )


def _geometry(metrics: Mapping[str, Any]) -> str:
    """Nothing where the document is of a form that had no such figures."""
    return f"\n{geometry_sentence(metrics['geometry'])}\n" if "geometry" in metrics else ""


def _rows(models: Mapping[str, Any]) -> str:
    return "\n".join(
        f"| {_name(name)} | {each['mean_accuracy']:.4f} | "
        f"{each['interval'][0]:.4f} to {each['interval'][1]:.4f} |"
        for name, each in models.items()
    )


def _name(key: str) -> str:
    return MODEL_NAMES.get(key, key)
