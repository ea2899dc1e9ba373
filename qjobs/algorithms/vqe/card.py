"""The model card: what a person should know before using the angles."""

from collections.abc import Mapping
from typing import Any

from qjobs.algorithms.noise_evaluation.card import noise_section
from qjobs.spec import EnergySpec, spec_cid

ANSWER_NAMES = {
    "vqe": "trial state",
    "product": "best state without entanglement",
    "hartree_fock": "Hartree-Fock",
    "exact": "exact diagonalisation",
}


def model_card(spec: EnergySpec, metrics: Mapping[str, Any]) -> str:
    """The card in Markdown, from the spec and the metrics alone."""
    source = spec.hamiltonian.model_dump(mode="json")
    described = ", ".join(f"{name} {value}" for name, value in source.items())
    data = "\n".join(
        f"- dataset {each.token_id}, version {each.version}, `{each.content_cid}`" for each in spec.datasets
    )
    return f"""# {spec.title or "Lowest energies by a variational quantum eigensolver"}

{metrics["verdict_sentence"]}

## What it does

Holds the angles at which the `{spec.ansatz.name}` circuit on {spec.qubits} qubits has the lowest energies of
a Hamiltonian ({described}; {metrics["terms"]} Pauli strings), trained with
{spec.algorithm.optimiser.name} from {spec.algorithm.restarts} starts a state by the `{spec.engine}` engine.

## Data

{data or "None: the Hamiltonian is built in."}

## How good it is

| energy{" in hartree" if metrics["unit"] else ""} | lowest |
|---|---|
{_answers(metrics["answers"])}

| state | energy | exact | variance | overlap with those below |
|---|---|---|---|---|
{_states(metrics["states"])}

{_noise_in_words(metrics["noisy"])}
{noise_section(metrics)}
## The model in these files

It carries no row: the circuit does not depend on the coefficients.

- `model.safetensors`: angles and energies, a state a row
- `preprocessing.json`: where the Hamiltonian comes from, and its Pauli strings where it is built in
- `circuit.qasm`, `circuit.qpy`: the circuit, with the angles as parameters
- `metrics.json`: every number above

## Limits

The angles are for this Hamiltonian. Classical machines solve systems of this size exactly; nothing here shows
an advantage on larger ones. Spec: `{spec_cid(spec)}`.
"""


def _answers(answers: Mapping[str, float | None]) -> str:
    return "\n".join(
        f"| {ANSWER_NAMES[name]} | {value:.8f} |" for name, value in answers.items() if value is not None
    )


def _states(states: list[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"| {number} | {each['energy']:.6f} | "
        f"{'not known' if each['exact'] is None else format(each['exact'], '.6f')} | "
        f"{_rounded(each['variance'])} | {_rounded(each['overlap'])} |"
        for number, each in enumerate(states)
    )


def _rounded(value: float) -> str:
    """Without the last digits, which are those of one machine, and without the sign of a 0."""
    return f"{abs(round(value, 6)):.6f}"


def _noise_in_words(noisy: Mapping[str, Any] | None) -> str:
    if noisy is None:
        return "Simulated without noise: hardware would do worse."
    noise = noisy["noise"]
    return (
        f"On a device with errors of {noise['one_qubit_error']:g} a gate on one qubit, "
        f"{noise['two_qubit_error']:g} on two and {noise['readout_error']:g} a readout the lowest state "
        f"shows {noisy['energy']:.4f}, with readout flips divided out {noisy['readout_mitigated']:.4f}, and "
        f"extrapolated to no errors {noisy['extrapolated']:.4f}."
    )
