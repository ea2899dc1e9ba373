"""The model card: what a person should know before using the model."""

from collections.abc import Mapping
from typing import Any

from qjobs.algorithms.geometry import geometry_sentence
from qjobs.algorithms.noise_evaluation.card import noise_section
from qjobs.spec import QnnSpec, spec_cid
from qjobs.spec.parts import Columns

HARDWARE_NAMES = {
    "ideal": "exact values",
    "shots": "measured",
    "noise": "noisy device",
    "readout_mitigated": "noisy device, readout corrected",
    "zero_noise": "noisy device, readout corrected, extrapolated to zero noise",
}


def model_card(spec: QnnSpec, metrics: Mapping[str, Any]) -> str:
    """The card in Markdown, from the spec and the metrics alone."""
    final, method = metrics["final_model"], spec.algorithm
    datasets = "\n".join(
        f"- dataset {each.token_id}, version {each.version}, `{each.content_cid}`" for each in spec.datasets
    )
    return f"""# {spec.title or "Trained quantum circuit"}

{metrics["verdict_sentence"]}

## What it does

{_purpose(spec)} {metrics["features"]} features are standardised, reduced to {spec.qubits} principal
components and written into the circuit in `circuit.qasm` ({spec.qubits} qubits, {method.layers.count} layers
of {method.layers.name}, {spec.feature_map.name} feature map, {method.uploads.replace("-", " ")}). The answer
is slope x <O> + offset, computed exactly by the `{spec.engine}` engine.

## Data

{datasets}
- {metrics["rows"]} rows

{_start(metrics.get("parent"))}## How good it is

Mean test score ({metrics["score"]}) over {spec.splits.count} splits (test part
{spec.splits.test_fraction:.0%}), the classical models tuned inside the same training parts. Intervals:
{metrics["interval_method"]}.

| model | mean test score | interval |
|---|---|---|
{_rows(metrics["models"])}

{_hardware(metrics["hardware"])}
{noise_section(metrics)}{_geometry(metrics["geometry"])}
## The model in these files

Trained on all {final["rows"]} rows; the table above estimates its score. It has {metrics["weights"]} trained
angles, a slope and an offset, and carries no rows of the data.{_plateau(metrics["plateau"])}

- `model.safetensors`: the weights, and every training check by check
- `preprocessing.json`: means, scales, principal components, angle ranges
- `circuit.qasm`, `circuit.qpy`: the circuit, with the angles as parameters
- `metrics.json`: every number above, split by split

## Limits

Trained and tested on one table; nothing is known about rows from elsewhere. No rows with missing values.
Spec: `{spec_cid(spec)}`.
"""


def _purpose(spec: QnnSpec) -> str:
    columns = spec.datasets[0].columns
    if isinstance(columns, Columns):
        return f"Tells rows with `{columns.label}` = `{columns.positive_label}` from the others."
    return f"Predicts the number in `{columns.label}`."


def _start(report: Mapping[str, Any] | None) -> str:
    """Where training began; nothing where that was small random angles."""
    if report is None:
        return ""
    splits = (
        "So did the trainings on the splits: no model before has seen this data."
        + by_its_own_check(report["model"])
        if report["splits_begin"] == "with the parent"
        else "The trainings on the splits began fresh, since\na model before has seen this data: the table "
        "says nothing of what this start brought."
    )
    return f"""## Where training began

With the angles, slope and offset of model {report["model"]}. The loss was
{report["loss_at_start"]:.4f} there, and {report["loss_at_fresh_start"]:.4f} at the small random angles of a
fresh start; the angles then moved by {report["mean_move_rad"]:.3f} radians in the mean and
{report["largest_move_rad"]:.3f} at most. {splits}
The classical models had no such start. Pre-processing was fitted anew.

"""


def by_its_own_check(model: str) -> str:
    """On what a comparison rests that began with a model."""
    return (
        f"\nThat is so only if model {model}, and each that it came of, verifies too: to check this result is"
        "\nnot to check theirs."
    )


def _rows(models: Mapping[str, Any]) -> str:
    return "\n".join(
        f"| {'circuit' if name == 'quantum' else name.replace('_', ', ') + ' features'} | "
        f"{each.get('mean_accuracy', each.get('mean_r2')):.4f} | "
        f"{each['interval'][0]:.4f} to {each['interval'][1]:.4f} |"
        for name, each in models.items()
    )


def _hardware(report: Mapping[str, Any] | None) -> str:
    if report is None:
        return "Simulated without noise: hardware would do worse."
    lines = "\n".join(
        f"| {HARDWARE_NAMES[name]} | {each['score']:.4f} | {each['mean_error']:.4f} |"
        for name, each in report["values"].items()
    )
    return (
        f"On {report['rows']} of the training rows:\n\n"
        f"| evaluated | score | mean error of <O> |\n|---|---|---|\n{lines}"
    )


def _geometry(report: Mapping[str, Any] | None) -> str:
    return "" if report is None else f"\n{geometry_sentence(report)}\n"


def _plateau(report: Mapping[str, Any]) -> str:
    if not report["is_barren"]:
        return ""
    return (
        "\n\n**Barren plateau**: at random angles the slopes have a variance of "
        f"{report['gradient_variance']:.1e}; hardware could not measure them."
    )
