"""Molecules of hydrogen and helium: integrals over s orbitals, orbitals by Hartree and Fock.

Formulas and their check values: Szabo and Ostlund 1989, Modern Quantum Chemistry, appendix A. The basis is
STO-3G (Hehre, Stewart and Pople 1969, J. Chem. Phys. 51, 2657) with the numbers of the Basis Set Exchange.
Lithium has p orbitals too: its integrals are read from a file that benchmarks/integrals.py wrote.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.special import erf

from qjobs.algorithms.errors import DatasetRefused
from qjobs.spec.hamiltonians import Molecule

BOHR_ANGSTROM = 0.52917721092
STO_3G_WEIGHTS = np.array([0.15432897, 0.53532814, 0.44463454])
STO_3G_EXPONENTS = {
    1: np.array([3.42525091, 0.62391373, 0.1688554]),
    2: np.array([6.36242139, 1.158923, 0.31364979]),
}
LITHIUM_HYDRIDE = Path(__file__).with_name("lithium_hydride.json")
FIELD_STEPS = 3000
FIELD_TOLERANCE = 1e-12
DAMPING = 0.7


@dataclass(frozen=True)
class MolecularOrbitals:
    """one_body: (n, n), two_body: (n, n, n, n) in chemists' order, hartree; `field_energy` is Hartree-Fock's,
    the nuclei included."""

    one_body: NDArray
    two_body: NDArray
    nuclear: float
    field_energy: float


def molecular_orbitals(molecule: Molecule) -> MolecularOrbitals:
    """The integrals over the molecule's orbitals, sorted by energy."""
    if molecule.name == "lithium-hydride":
        return _lithium_hydride(molecule.bond_angstrom)
    charges = np.ones(molecule.atoms, dtype=int)
    if molecule.name == "helium-hydride":
        charges[0] = 2
    places = np.arange(molecule.atoms) * molecule.bond_angstrom / BOHR_ANGSTROM
    overlap, core, repulsion = atomic_integrals(charges, places, [STO_3G_EXPONENTS[each] for each in charges])
    nuclear = sum(
        charges[a] * charges[b] / (places[b] - places[a])
        for a in range(len(charges))
        for b in range(a + 1, len(charges))
    )
    orbitals, energy = self_consistent(overlap, core, repulsion, molecule.electrons // 2)
    moved = repulsion
    for _ in range(4):
        moved = np.tensordot(moved, orbitals, axes=(0, 0))
    return MolecularOrbitals(orbitals.T @ core @ orbitals, moved, float(nuclear), energy + float(nuclear))


def _lithium_hydride(angstrom: float) -> MolecularOrbitals:
    """The nuclei's part holds that of the electrons in Li's 1s."""
    lengths = json.loads(LITHIUM_HYDRIDE.read_text())["lengths"]
    found = next(each for each in lengths if each["bond_angstrom"] == angstrom)
    one_body, two_body = np.array(found["one_body"]), np.array(found["two_body"])
    return MolecularOrbitals(one_body, two_body, found["constant"], found["field_energy"])


def atomic_integrals(
    charges: NDArray, places: NDArray, exponents: list[NDArray]
) -> tuple[NDArray, NDArray, NDArray]:
    """Overlap (n, n), kinetic energy with nuclear attraction (n, n), and repulsion (n, n, n, n), chemists'
    order, of one contracted s orbital an atom; places in bohr on a line."""
    weights = np.stack([STO_3G_WEIGHTS * (2 * each / np.pi) ** 0.75 for each in exponents])
    alpha = np.stack(exponents)
    # Axes: atom a, primitive of a, atom b, primitive of b.
    a, b = alpha[:, :, None, None], alpha[None, None]
    both = a + b
    distance = (places[:, None, None, None] - places[None, None, :, None]) ** 2
    damped = weights[:, :, None, None] * weights[None, None] * np.exp(-a * b / both * distance)
    middle = (a * places[:, None, None, None] + b * places[None, None, :, None]) / both
    overlap = damped * (np.pi / both) ** 1.5
    kinetic = a * b / both * (3 - 2 * a * b / both * distance) * overlap
    attraction = sum(
        -charge * 2 * np.pi / both * damped * _boys(both * (middle - place) ** 2)
        for charge, place in zip(charges, places, strict=True)
    )
    repulsion = _repulsion(both, middle, damped)
    return overlap.sum(axis=(1, 3)), (kinetic + attraction).sum(axis=(1, 3)), repulsion


def self_consistent(overlap: NDArray, core: NDArray, repulsion: NDArray, pairs: int) -> tuple[NDArray, float]:
    """Orbitals as columns by rising energy, and the energy of `pairs` filled ones without the nuclei.

    Each orbital's first entry of weight is positive, so that it has one sign on every machine.
    """
    fock = core
    for _ in range(FIELD_STEPS):
        _, orbitals = eigh(fock, overlap)
        filled = orbitals[:, :pairs]
        density = 2 * filled @ filled.T
        field = core + np.einsum("pqrs,rs->pq", repulsion, density)
        field -= np.einsum("prqs,rs->pq", repulsion, density) / 2
        change = float(np.abs(field - fock).max())
        if change < FIELD_TOLERANCE:
            energy = float(((core + field) * density).sum() / 2)
            leading = (np.abs(orbitals) > 0.1 * np.abs(orbitals).max(axis=0)).argmax(axis=0)
            return orbitals * np.sign(orbitals[leading, np.arange(len(core))]), energy
        fock = DAMPING * fock + (1 - DAMPING) * field
    raise DatasetRefused(f"the electrons' mean field does not settle within {FIELD_STEPS} steps")


def _boys(t: NDArray) -> NDArray:
    """F_0(t), the mean of exp(-t x**2) over x in [0, 1]."""
    safe = np.where(t > 1e-12, t, 1.0)
    return np.where(t > 1e-12, np.sqrt(np.pi / safe) / 2 * erf(np.sqrt(safe)), 1 - t / 3)


def _repulsion(both: NDArray, middle: NDArray, damped: NDArray) -> NDArray:
    """(ab|cd), a pair a, b at a time to hold little."""
    atoms = len(both)
    result = np.empty((atoms,) * 4)
    for a in range(atoms):
        for b in range(atoms):
            p, at, weight = (each[a, :, b, :, None, None, None, None] for each in (both, middle, damped))
            joint = p * both / (p + both)
            values = weight * damped * _boys(joint * (at - middle) ** 2)
            values *= 2 * np.pi**2.5 / (p * both * np.sqrt(p + both))
            result[a, b] = values.sum(axis=(0, 1, 3, 5))
    return result
