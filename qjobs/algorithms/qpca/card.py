"""The model card: what a person should know before using the components."""

from collections.abc import Mapping
from typing import Any

from qjobs.algorithms.bootstrap_card import bootstrap_table
from qjobs.algorithms.geometry import geometry_sentence
from qjobs.algorithms.noise_evaluation.card import noise_section
from qjobs.algorithms.qpca.metrics import MODEL_NAMES
from qjobs.algorithms.qpca.training import QUANTUM
from qjobs.spec import ReductionSpec, spec_cid


def model_card(spec: ReductionSpec, metrics: Mapping[str, Any]) -> str:
    """The card in Markdown, from the spec and the metrics alone."""
    final = metrics["final_model"]
    datasets = "\n".join(
        f"- dataset {each.token_id}, version {each.version}, `{each.content_cid}`" for each in spec.datasets
    )
    return f"""# {spec.title or "Principal components of a quantum kernel"}

{metrics["verdict_sentence"]}

## What it does

Gives rows of {metrics["features"]} features {spec.algorithm.components} coordinates. The features are
standardised, reduced to {spec.qubits} principal components and encoded as angles by the circuit in
`circuit.qasm` ({spec.qubits} qubits, {spec.feature_map.name} feature map); the coordinates are the principal
components of the fidelity kernel of the resulting states, by the `{spec.engine}` engine.

## Data

{datasets}
- {metrics["rows"]} rows

## How good it is

The {metrics["measure"]}, mean over {spec.splits.count} splits (test part {spec.splits.test_fraction:.0%}),
every width chosen inside the same training parts. Intervals: {metrics["interval_method"]}.

| model | mean | interval |
|---|---|---|
{_rows(metrics["models"])}
{_since_second_form(metrics)}
| component | variance in the kernel's space | share |
|---|---|---|
{_components(final)}

{_density_in_words(metrics["density"])}
{noise_section(metrics)}
## The model in these files

Of all {metrics["rows"]} rows, with bandwidth {final["bandwidth"]:g}. No row is in it, only sums over all.

- `model.safetensors`: one observable a component, offsets, variances
- `preprocessing.json`: means, scales, principal components, angle ranges
- `circuit.qasm`, `circuit.qpy`: the feature map
- `metrics.json`: every number above, split by split

## Limits

Nothing is known about rows from elsewhere. Simulated without noise: hardware would do worse. Spec:
`{spec_cid(spec)}`.
"""


def _rows(models: Mapping[str, Any]) -> str:
    return "\n".join(
        f"| {MODEL_NAMES[name]} | {each['mean']:.4f} | {_ends(each['interval'])} |"
        for name, each in models.items()
    )


def _since_second_form(metrics: Mapping[str, Any]) -> str:
    """Nothing of a document of the first form."""
    if "geometry" not in metrics:
        return ""
    table = bootstrap_table(metrics, lambda name: MODEL_NAMES[name])
    return f"""{table}
{geometry_sentence(metrics["geometry"])}
{_groups(metrics)}"""


def _groups(metrics: Mapping[str, Any]) -> str:
    """Nothing where no column was named, or no value has rows enough."""
    groups, baseline = metrics["groups"], metrics["comparison"]["baseline"]
    lines = "\n".join(
        f"| {_cell(column)}: {_cell(value)} | {mine['test_rows']} | {mine['given_back']:.4f} | "
        f"{groups[baseline][column][value]['given_back']:.4f} |"
        for column, found in groups.get(QUANTUM, {}).items()
        for value, mine in found.items()
    )
    if not lines:
        return ""
    return f"""
| group | test rows | {MODEL_NAMES[QUANTUM]} | {MODEL_NAMES[baseline]} |
|---|---|---|---|
{lines}
"""


def _cell(text: str) -> str:
    """A provider's text where it cannot end a table's cell."""
    return " ".join(text.replace("|", "/").split())


def _ends(interval: list[float]) -> str:
    return f"{interval[0]:.4f} to {interval[1]:.4f}"


def _components(final: Mapping[str, Any]) -> str:
    pairs = zip(final["eigenvalues"], final["explained"], strict=True)
    return "\n".join(
        f"| {number} | {value:.6f} | {share:.2%} |" for number, (value, share) in enumerate(pairs, start=1)
    )


def _density_in_words(density: Mapping[str, Any] | None) -> str:
    if density is None:
        return "The spectrum of the mean state was not asked for."
    found = ", ".join(f"{each['eigenvalue']:.3f}" for each in density["peaks"])
    exact = ", ".join(f"{each:.3f}" for each in density["exact"])
    return (
        f"Phase estimation with {density['phase_qubits']} qubits reads eigenvalues {found} of the mean state "
        f"(resolution {density['resolution']:.3f}); the exact ones begin {exact}. {density['copies']} "
        f"copies of that state imitate its evolution for one unit of time within a trace distance of "
        f"{density['exponentiation_error']:.2e}."
    )
