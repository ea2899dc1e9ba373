"""The model card: what a person should know before using the answer."""

from collections.abc import Mapping
from typing import Any

from qjobs.algorithms.noise_evaluation.card import noise_section
from qjobs.spec import GraphSpec, spec_cid

ANSWER_NAMES = {
    "qaoa": "best measurement of the circuit",
    "greedy": "greedy flips",
    "annealing": "simulated annealing",
    "random": "best of as many random partitions",
    "exact": "all partitions looked at",
}


def model_card(spec: GraphSpec, metrics: Mapping[str, Any]) -> str:
    """The card in Markdown, from the spec and the metrics alone."""
    dataset, answers = spec.datasets[0], metrics["answers"]
    return f"""# {spec.title or "Largest cut by quantum approximate optimisation"}

{metrics["verdict_sentence"]}

## What it does

Parts the {metrics["nodes"]} nodes of a graph in two so that the edges between the parts weigh as much as
possible. One qubit a node, {spec.algorithm.layers} layers, angles trained on the exact expected cut by the
`{spec.engine}` engine from {spec.algorithm.restarts} starts.

## Data

- dataset {dataset.token_id}, version {dataset.version}, `{dataset.content_cid}`
- {metrics["rows"]} edges of total weight {metrics["total_weight"]:g}

## How good it is

| answer | weight cut | share of the largest cut |
|---|---|---|
{_rows(answers)}

The expected cut of one measurement is {metrics["expected_cut"]:.4f} ({metrics["expected_ratio"]:.1%} of the
largest); it is a largest cut with probability {metrics["optimum_probability"]:.2%}.
{_noise_in_words(metrics["noisy"])}
{noise_section(metrics)}
## The model in these files

It carries the whole graph: every edge is a gate of the circuit, and the answer names every node.

- `model.safetensors`: the angles, and the side of each node in the best partition measured
- `preprocessing.json`: the nodes in the order of the qubits, and the weight that the angles are scaled by
- `circuit.qasm`, `circuit.qpy`: the circuit, with the angles as parameters
- `metrics.json`: every number above

## Limits

The angles are for this graph. Classical machines solve graphs of this size in no time; nothing here shows an
advantage on larger ones. Spec: `{spec_cid(spec)}`.
"""


def _rows(answers: Mapping[str, Any]) -> str:
    return "\n".join(
        f"| {ANSWER_NAMES[name]} | {each['cut']:.4f} | {each['ratio']:.1%} |"
        for name, each in answers.items()
    )


def _noise_in_words(noisy: Mapping[str, Any] | None) -> str:
    if noisy is None:
        return "Simulated without noise: hardware would do worse."
    noise = noisy["noise"]
    return (
        f"On a device with errors of {noise['one_qubit_error']:g} a gate on one qubit, "
        f"{noise['two_qubit_error']:g} on two and {noise['readout_error']:g} a readout the same circuit cuts "
        f"{noisy['expected_cut']:.4f} on average and finds a largest cut with probability "
        f"{noisy['optimum_probability']:.2%}."
    )
