"""Where a Hamiltonian comes from: a dataset of Pauli strings, a lattice of spins, or a small molecule."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.parts import Part

MAX_TERMS = 20_000
"""Pauli strings of a dataset."""

LITHIUM_HYDRIDE_LENGTHS = (1.0, 1.3, 1.6, 2.0, 2.5, 3.0)
"""Angstrom, of the integrals at hand."""

Coupling = Annotated[float, Field(ge=-100, le=100)]


class DatasetHamiltonian(Part):
    """The Pauli strings and coefficients in the rows of the spec's dataset."""

    source: Literal["dataset"] = "dataset"


class Lattice(Part):
    """Spins on a grid of `rows` rows, one qubit a site, row by row; `rows` 1 is a chain.

    transverse-ising: -coupling sum Z_a Z_b - field sum X_a (Pfeuty 1970). heisenberg:
    coupling sum (X_a X_b + Y_a Y_b + Z_a Z_b) + field sum Z_a. Neighbours a, b once each; `periodic` joins
    the ends of rows and columns of more than 2 sites.
    """

    source: Literal["lattice"] = "lattice"
    model: Literal["transverse-ising", "heisenberg"] = "transverse-ising"
    rows: Annotated[int, Field(ge=1, le=4)] = 1
    periodic: bool = False
    coupling: Coupling = 1.0
    field: Coupling = 1.0

    @model_validator(mode="after")
    def _is_not_zero(self) -> "Lattice":
        if self.coupling == 0 and self.field == 0:
            raise PydanticCustomError("no_energy", "coupling and field are both 0")
        return self


class Molecule(Part):
    """Electrons in the STO-3G basis (Hehre, Stewart and Pople 1969), by Jordan-Wigner on spin orbitals.

    hydrogen-chain: `atoms` hydrogen atoms in a line, `bond_angstrom` apart. helium-hydride: HeH+, 2 atoms.
    Two qubits an atom. lithium-hydride: LiH, 2 atoms, 2 electrons in the 3 orbitals along the bond above Li's
    1s, at one of LITHIUM_HYDRIDE_LENGTHS; 6 qubits.
    """

    source: Literal["molecule"] = "molecule"
    name: Literal["hydrogen-chain", "helium-hydride", "lithium-hydride"] = "hydrogen-chain"
    atoms: Literal[2, 4] = 2
    bond_angstrom: Annotated[float, Field(ge=0.3, le=3.0)] = 0.735

    @model_validator(mode="after")
    def _has_its_atoms(self) -> "Molecule":
        if self.name != "hydrogen-chain" and self.atoms != 2:
            raise PydanticCustomError(
                "atoms", "{name} has 2 atoms, not {atoms}", {"name": self.name, "atoms": self.atoms}
            )
        if self.name == "lithium-hydride" and self.bond_angstrom not in LITHIUM_HYDRIDE_LENGTHS:
            raise PydanticCustomError(
                "bond",
                "lithium-hydride is known at {known} angstrom, not at {asked}",
                {
                    "known": ", ".join(f"{each:g}" for each in LITHIUM_HYDRIDE_LENGTHS),
                    "asked": f"{self.bond_angstrom:g}",
                },
            )
        return self

    @property
    def qubits(self) -> int:
        return 6 if self.name == "lithium-hydride" else 2 * self.atoms

    @property
    def electrons(self) -> int:
        """One an atom; HeH+ has lost one of its three, and the two in Li's 1s stay there."""
        return self.atoms


def _source(value: Any) -> Any:
    return value.get("source") if isinstance(value, dict) else getattr(value, "source", None)


AnyHamiltonian = DatasetHamiltonian | Lattice | Molecule

Hamiltonian = Annotated[
    Annotated[DatasetHamiltonian, Tag("dataset")]
    | Annotated[Lattice, Tag("lattice")]
    | Annotated[Molecule, Tag("molecule")],
    Discriminator(_source),
]

HAMILTONIANS = ("dataset", "lattice", "molecule")


def bonds(sites: int, lattice: Lattice) -> tuple[tuple[int, int], ...]:
    """Each pair of neighbours once, the lower site first, in the order of the sites.

    >>> bonds(4, Lattice(rows=2))
    ((0, 1), (0, 2), (1, 3), (2, 3))
    """
    return tuple(sorted(set(_bonds(sites, lattice))))


def _bonds(sites: int, lattice: Lattice) -> Iterator[tuple[int, int]]:
    rows, width = lattice.rows, sites // lattice.rows
    for site in range(sites):
        row, column = divmod(site, width)
        for place, count, step in ((column, width, 1), (row, rows, width)):
            if place + 1 < count:
                yield site, site + step
            elif lattice.periodic and count > 2:
                yield site - place * step, site
