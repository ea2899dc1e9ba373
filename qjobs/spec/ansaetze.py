"""Trial states: circuits whose angles are trained until the energy is lowest."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from qjobs.spec.feature_maps import Entanglement
from qjobs.spec.parts import MAX_QUBITS, Part

Layers = Annotated[int, Field(ge=1, le=12)]


def _each_once(qubits: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(qubits)) != len(qubits):
        raise PydanticCustomError("twice", "names a qubit twice")
    return qubits


class HardwareEfficient(Part):
    """Rotations of each qubit and CX between pairs, in turn (Kandala et al. 2017, arXiv:1704.05018).

    `rotations`: "y" keeps the state real; "yz" turns about both axes.
    """

    name: Literal["hardware-efficient"] = "hardware-efficient"
    layers: Layers = 2
    rotations: Literal["y", "yz"] = "y"
    entanglement: Entanglement = "linear"


class NumberPreserving(Part):
    """Exchanges between neighbours that keep the number of ones (Barkoutsos et al. 2018, arXiv:1805.04340).

    `occupied`: the qubits that start as 1. A layer turns each pair of neighbours about XX + YY and about ZZ,
    then each qubit about Z.
    """

    name: Literal["number-preserving"] = "number-preserving"
    layers: Layers = 2
    occupied: Annotated[
        tuple[Annotated[int, Field(ge=0, lt=MAX_QUBITS)], ...],
        Field(min_length=1, max_length=MAX_QUBITS),
        AfterValidator(_each_once),
    ]


class UnitaryCoupledCluster(Part):
    """Single and double excitations from the Hartree-Fock state that keep the spin, one Trotter step
    (Peruzzo et al. 2014, arXiv:1304.3061; Romero et al. 2018, arXiv:1701.02691). Molecules only."""

    name: Literal["ucc-sd"] = "ucc-sd"


class HamiltonianVariational(Part):
    """Turns about the lattice's own terms, layer by layer (Wecker, Hastings and Troyer 2015,
    arXiv:1507.08969). Lattices only: from |+> for the Ising model, from singlets for Heisenberg's."""

    name: Literal["hamiltonian-variational"] = "hamiltonian-variational"
    layers: Layers = 3


def _name(value: Any) -> Any:
    return (
        value.get("name", "hardware-efficient") if isinstance(value, dict) else getattr(value, "name", None)
    )


AnyAnsatz = HardwareEfficient | NumberPreserving | UnitaryCoupledCluster | HamiltonianVariational

Ansatz = Annotated[
    Annotated[HardwareEfficient, Tag("hardware-efficient")]
    | Annotated[NumberPreserving, Tag("number-preserving")]
    | Annotated[UnitaryCoupledCluster, Tag("ucc-sd")]
    | Annotated[HamiltonianVariational, Tag("hamiltonian-variational")],
    Discriminator(_name),
]

ANSAETZE = ("hardware-efficient", "number-preserving", "ucc-sd", "hamiltonian-variational")
