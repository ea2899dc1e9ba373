"""The model card: what a person should know before using the answer."""

from collections.abc import Mapping
from typing import Any

from qjobs.algorithms.noise_evaluation.card import noise_section
from qjobs.spec import QuboSpec, spec_cid
from qjobs.spec.problem_words import PROBLEM_TITLES, problem_in_words

ANSWER_NAMES = {
    "qaoa": "best measurement of the circuit",
    "annealing": "simulated annealing",
    "greedy": "greedy",
    "random": "best of as many random allowed choices",
    "exact": "all choices looked at",
}


def model_card(spec: QuboSpec, metrics: Mapping[str, Any]) -> str:
    """The card in Markdown, from the spec and the metrics alone."""
    dataset, method, choices = spec.datasets[0], spec.algorithm, metrics["choices"]
    answer, penalty = metrics["answer"], metrics["penalty"]
    allowed = "keeps every constraint" if answer["is_allowed"] else "breaks a constraint"
    return f"""# {spec.title or PROBLEM_TITLES[method.problem.name]}

{metrics["verdict_sentence"]}

## What it does

{problem_in_words(method.problem)} {spec.qubits} qubits, {method.layers} layers, angles trained on the exact
expected energy by the `{spec.engine}` engine, anew for each of {method.seeds} seeds from {method.restarts}
starts. Broken constraints cost {penalty["weight"]:g} each and more; above {penalty["bound"]:g} the best of
all choices keeps them.

## Data

- dataset {dataset.token_id}, version {dataset.version}, `{dataset.content_cid}`
- {metrics["rows"]} rows

## How good it is

Of {choices["all"]} choices {choices["allowed"]} keep the constraints; the best is {choices["best"]:g}, the
worst {choices["worst"]:g}, {metrics["goal"]} being best. The answer, `{answer["bits"]}`, {allowed} and is
{answer["value"]:g}.

| answer | best value | mean quality | seeds with an allowed choice |
|---|---|---|---|
{_rows(metrics["answers"])}

Quality is 1 for the best allowed choice and 0 for the worst, or for one that is not allowed. One measurement
keeps the constraints with probability {metrics["allowed_probability"]["mean"]:.2%}.
{_noise_in_words(metrics["noisy"])}
{noise_section(metrics)}
## The model in these files

It carries what was read: edges and weights, or the means and covariances of the assets, are angles of its
gates.

- `model.safetensors`: the angles of every seed, and the bits of the best choice measured
- `preprocessing.json`: what each qubit stands for
- `circuit.qasm`, `circuit.qpy`: the circuit, with the angles as parameters
- `metrics.json`: every number above, seed by seed

## Limits

The angles are for this instance. Every choice was looked at to find the best, which a machine of today does
in no time at this size; nothing here shows an advantage on larger ones. Spec: `{spec_cid(spec)}`.
"""


def _rows(answers: Mapping[str, Any]) -> str:
    return "\n".join(
        f"| {ANSWER_NAMES[name]} | {'none' if each['best'] is None else format(each['best'], 'g')} "
        f"| {each['mean_quality']:.1%} | {each['allowed_share']:.0%} |"
        for name, each in answers.items()
    )


def _noise_in_words(noisy: Mapping[str, Any] | None) -> str:
    if noisy is None:
        return "Simulated without noise: hardware would do worse."
    noise = noisy["noise"]
    return (
        f"On a device with errors of {noise['one_qubit_error']:g} a gate on one qubit, "
        f"{noise['two_qubit_error']:g} on two and {noise['readout_error']:g} a readout the first seed's "
        f"circuit keeps them with probability {noisy['allowed_probability']:.2%}."
    )
