"""The mean state of the rows as a density matrix, and its spectrum by phase estimation.

Lloyd, Mohseni and Rebentrost 2014 (arXiv:1307.0401): copies of rho serve as the Hamiltonian exp(-i rho t),
and phase estimation on rho itself gives each eigenvalue as often as it weighs. The eigenvalues are those of
the matrix of <a|b> over n. The fidelity kernel |<a|b>|**2 is that of two copies of each state: its spectrum,
before it is centred, stands beside this one.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.spec import ReductionSpec

PEAK_SHARE = 0.1
"""A local maximum below this share of the highest is a side lobe."""

ROWS_AT_ONCE = 64


def mean_state(states: NDArray) -> NDArray:
    """(n, 2**q) -> rho, (2**q, 2**q) of trace 1."""
    rho: NDArray = states.T @ states.conj() / len(states)
    return rho


def phase_distribution(states: NDArray, phase_qubits: int, rho: NDArray) -> NDArray:
    """The chance of each outcome of phase estimation on the mean of these states, (2**phase_qubits,).

    U = exp(2 pi i s rho) with s = 1 - 2**-phase_qubits, so that an eigenvalue of 1 is not read as 0. Outcome
    m says eigenvalue m / (s 2**phase_qubits).
    """
    outcomes = 2**phase_qubits
    values, vectors = np.linalg.eigh(rho)
    phases = np.exp(2j * np.pi * (1 - 1 / outcomes) * np.outer(np.arange(outcomes), values))
    chances = np.zeros(outcomes)
    for start in range(0, len(states), ROWS_AT_ONCE):
        part = states[start : start + ROWS_AT_ONCE] @ vectors.conj()
        # Axes: row, ancilla, eigenvector. The inverse Fourier transform is NumPy's forward one.
        moved = np.fft.fft(phases[None] * part[:, None, :], axis=1) / outcomes
        chances += (moved.real**2 + moved.imag**2).sum(axis=(0, 2))
    return chances / len(states)


def peaks(chances: NDArray) -> list[dict[str, float]]:
    """Local maxima of the distribution as eigenvalues with their chances, the largest eigenvalue first."""
    outcomes = len(chances)
    padded = np.concatenate([[0.0], chances, [0.0]])
    is_peak = (chances >= padded[:-2]) & (chances > padded[2:]) & (chances >= PEAK_SHARE * chances.max())
    return [
        {"eigenvalue": float(number / (outcomes - 1)), "chance": float(chances[number])}
        for number in np.flatnonzero(is_peak)[::-1]
    ]


def exponentiation_error(rho: NDArray, copies: int) -> float:
    """The trace distance of rho |0><0| evolved for one unit of time by `copies` copies of rho from the exact.

    One copy turns sigma for dt into cos(dt)**2 sigma + sin(dt)**2 rho - i sin(dt) cos(dt) [rho, sigma] (eq. 1
    of the paper, before its expansion).
    """
    dimension = len(rho)
    start = np.zeros((dimension, dimension), dtype=np.complex128)
    start[0, 0] = 1.0
    values, vectors = np.linalg.eigh(rho)
    turn = (vectors * np.exp(-1j * values)) @ vectors.conj().T
    sine, cosine = np.sin(1 / copies), np.cos(1 / copies)
    # In the eigenbasis of rho each entry of sigma moves by itself.
    sigma = vectors.conj().T @ start @ vectors
    factor = cosine**2 - 1j * sine * cosine * (values[:, None] - values[None, :])
    evolved = factor**copies * sigma + (1 - cosine ** (2 * copies)) * np.diag(values)
    distance = np.linalg.eigvalsh(vectors @ evolved @ vectors.conj().T - turn @ start @ turn.conj().T)
    return float(np.abs(distance).sum() / 2)


def density_report(spec: ReductionSpec, states: NDArray) -> Mapping[str, Any] | None:
    """The spectrum of the mean state by phase estimation beside the exact one; None where it is left out."""
    method = spec.algorithm
    if not method.phase_qubits:
        return None
    rho = mean_state(states)
    exact = np.linalg.eigvalsh(rho)[::-1]
    chances = phase_distribution(states, method.phase_qubits, rho)
    found, gram = peaks(chances), np.abs(states.conj() @ states.T) ** 2 / len(states)
    return {
        "phase_qubits": method.phase_qubits,
        "resolution": 1 / (2**method.phase_qubits - 1),
        "distribution": chances.tolist(),
        "peaks": found,
        "exact": exact[: method.components].tolist(),
        "kernel": np.linalg.eigvalsh(gram)[::-1][: method.components].tolist(),
        "largest_error": found[0]["eigenvalue"] - float(exact[0]),
        "purity": float((exact**2).sum()),
        "copies": method.copies,
        "exponentiation_error": exponentiation_error(rho, method.copies),
    }
