"""Writes the integrals of lithium hydride that VQE jobs read, by PennyLane's Hartree-Fock.

Run in the environment of the peers: `.venv-bench/bin/python -m benchmarks.integrals`. STO-3G; Li's 1s is
frozen, the two empty orbitals across the bond are left out: 2 electrons in 3 orbitals along it.
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pennylane import jordan_wigner, matrix, qchem
from pennylane import numpy as with_slopes

FILE = Path(__file__).resolve().parents[1] / "qjobs" / "algorithms" / "vqe" / "lithium_hydride.json"
BOHR_ANGSTROM = 0.52917721092
LENGTHS = (1.0, 1.3, 1.6, 2.0, 2.5, 3.0)
ACROSS = (2, 3)
"""Where 2px and 2py of lithium stand among 1s, 2s, 2px, 2py, 2pz and hydrogen's 1s."""


def integrals(angstrom: float) -> dict[str, Any]:
    """Over the active orbitals, in chemists' order, with the lowest energy of 2 electrons in them."""
    places = with_slopes.array([[0, 0, 0], [0, 0, angstrom / BOHR_ANGSTROM]], requires_grad=False)
    molecule = qchem.Molecule(["Li", "H"], places, basis_name="sto-3g")
    orbitals = np.asarray(qchem.scf(molecule)()[1])
    along = [at for at in range(6) if np.abs(orbitals[list(ACROSS), at]).max() < 1e-6]
    core, one, two = qchem.electron_integrals(molecule, core=along[:1], active=along[1:])()
    one, two = np.asarray(one), np.asarray(two)
    # PennyLane has (p, q, r, s) where chemists write (p, s | q, r).
    chemists = two.transpose(0, 3, 1, 2)
    return {
        "bond_angstrom": angstrom,
        "constant": float(core[0]),
        "one_body": one.tolist(),
        "two_body": chemists.tolist(),
        "field_energy": float(np.ravel(qchem.hf_energy(molecule)())[0]),
        "lowest_energy": _lowest(qchem.fermionic_observable(core, one, two)),
    }


def _lowest(observable: Any) -> float:
    energies = np.asarray(matrix(jordan_wigner(observable), wire_order=range(6)))
    kept = [state for state in range(64) if state.bit_count() == 2]
    return float(np.linalg.eigvalsh(energies[np.ix_(kept, kept)])[0])


def main() -> None:
    document = {
        "made_by": {"PennyLane": version("PennyLane")},
        "lengths": [integrals(each) for each in LENGTHS],
    }
    FILE.write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    main()
