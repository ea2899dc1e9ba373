"""The algorithms that a provider may allow, by the names that the chain gives them."""

from collections.abc import Iterable
from dataclasses import dataclass

ALGORITHM_WORDS = {
    "qsvm": "Quantum-kernel support vector machine: tells rows of one class from the others",
    "qnn": "Quantum neural network: a trained circuit that names a class or a number",
    "qpca": "Quantum principal components: what varies most, seen through a quantum kernel",
    "vqe": "Variational eigensolver: the lowest energies of a Hamiltonian",
    "qaoa": "Approximate optimisation: cuts, covers, channels and routes in graphs, and portfolios",
}


@dataclass(frozen=True)
class AlgorithmChoice:
    """One that the provider may tick."""

    name: str
    words: str
    is_chosen: bool


def algorithm_choices(chosen: Iterable[str]) -> list[AlgorithmChoice]:
    """Every known algorithm, then chosen ones that this table does not know, by their names alone."""
    ticked = list(chosen)
    known = [AlgorithmChoice(name, words, name in ticked) for name, words in ALGORITHM_WORDS.items()]
    return known + [AlgorithmChoice(name, name, True) for name in ticked if name not in ALGORITHM_WORDS]
