"""Verdicts in words, where a job is about one instance and not about splits."""

from qjobs.algorithms.statistics import QUANTUM_WINS


def said_on_one_instance(verdict: str) -> str:
    return "Quantum wins on this instance" if verdict == QUANTUM_WINS else verdict.capitalize()
