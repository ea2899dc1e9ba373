"""The form of lowest energies by a variational eigensolver."""

from qjobs.spec import EnergySpec
from qjobs.views.forms.fields import ENTANGLEMENTS, RUN_SECONDS, SEED, SHOTS, Field, Section
from qjobs.views.forms.form import Form
from qjobs.views.forms.hardware import EVALUATION
from qjobs.views.forms.table import TableOffer

FROM_DATASET, FROM_LATTICE, FROM_MOLECULE = (
    f"hamiltonian.source={source}" for source in ("dataset", "lattice", "molecule")
)
EFFICIENT = "ansatz.name=hardware-efficient"
CIRCUIT = Section(
    "The trial state",
    (
        Field("qubits", "Qubits", note="one a spin; two an atom of a molecule", start=4),
        Field(
            "ansatz.name",
            "Circuit",
            "choice",
            choices=(
                ("hardware-efficient", "hardware-efficient: rotations and CX in turn"),
                ("number-preserving", "number-preserving: exchanges between neighbours"),
                ("ucc-sd", "coupled cluster: excitations of a molecule's electrons"),
                ("hamiltonian-variational", "the lattice's own terms in turn"),
            ),
            resets="ansatz",
            start="hardware-efficient",
        ),
        Field(
            "ansatz.layers",
            "Layers",
            when="ansatz.name=hardware-efficient number-preserving hamiltonian-variational",
        ),
        Field(
            "ansatz.rotations",
            "Rotations about",
            "choice",
            choices=(("y", "Y: the state stays real"), ("yz", "Y and Z")),
            when=EFFICIENT,
        ),
        Field("ansatz.entanglement", "Entanglement", "choice", choices=ENTANGLEMENTS, when=EFFICIENT),
        Field(
            "ansatz.occupied",
            "Qubits that start as 1",
            "numbers",
            "counted from 0, commas between",
            when="ansatz.name=number-preserving",
            start="0",
        ),
    ),
)
TRAINING = Section(
    "How it is trained and measured",
    (
        Field("algorithm.states", "States, from the lowest"),
        Field("algorithm.restarts", "Starts a state"),
        Field("algorithm.deflation", "Weight that holds further states away", "number"),
        Field(
            "algorithm.optimiser.name",
            "Optimiser",
            "choice",
            choices=(
                ("l-bfgs", "L-BFGS on exact gradients"),
                ("adam", "Adam on exact gradients"),
                ("spsa", "SPSA: two values a step, as on hardware"),
            ),
            resets="algorithm.optimiser",
        ),
        Field("algorithm.optimiser.iterations", "Steps, at most"),
        Field("algorithm.optimiser.step", "Size of a step", when="algorithm.optimiser.name=adam spsa"),
        Field("algorithm.optimiser.probe", "Size of a probe, radians", when="algorithm.optimiser.name=spsa"),
        SHOTS,
        SEED,
        RUN_SECONDS,
    ),
    is_folded=True,
)


def _problem(offer: TableOffer) -> str:
    return ""


def _sections(offer: TableOffer) -> tuple[Section, ...]:
    return (_hamiltonian(offer), CIRCUIT, TRAINING, EVALUATION)


def _hamiltonian(offer: TableOffer) -> Section:
    names = tuple((name, name) for name in offer.names)
    numeric = tuple((name, name) for name in offer.numeric)
    built_in = (("lattice", "spins on a lattice"), ("molecule", "a small molecule"))
    is_readable = len(names) > 1 and bool(numeric)
    text = next((name for name in offer.names if name not in offer.numeric), offer.names[0] if names else "")
    sources = (("dataset", "the dataset: a Pauli string a row"), *built_in) if is_readable else built_in
    return Section(
        "The Hamiltonian",
        (
            Field(
                "hamiltonian.source",
                "From",
                "choice",
                choices=sources,
                resets="hamiltonian",
                start=sources[0][0],
            ),
            *(_columns(names, numeric, text) if is_readable else ()),
            *LATTICE,
            *MOLECULE,
        ),
        note="A lattice or a molecule is built in and reads no dataset.",
    )


def _columns(
    names: tuple[tuple[str, str], ...], numeric: tuple[tuple[str, str], ...], text: str
) -> tuple[Field, ...]:
    return (
        Field("columns.pauli", "Pauli strings in", "choice", choices=names, when=FROM_DATASET, start=text),
        Field("columns.coefficient", "Coefficients in", "choice", choices=numeric, when=FROM_DATASET),
    )


LATTICE = (
    Field(
        "hamiltonian.model",
        "Model",
        "choice",
        choices=(("transverse-ising", "transverse-field Ising"), ("heisenberg", "Heisenberg")),
        when=FROM_LATTICE,
    ),
    Field("hamiltonian.rows", "Rows of spins", note="1 is a chain", when=FROM_LATTICE),
    Field(
        "hamiltonian.periodic",
        "Ends",
        "flag",
        choices=(("false", "open"), ("true", "joined")),
        when=FROM_LATTICE,
    ),
    Field("hamiltonian.coupling", "Coupling", when=FROM_LATTICE),
    Field("hamiltonian.field", "Field", when=FROM_LATTICE),
)
MOLECULE = (
    Field(
        "hamiltonian.name",
        "Molecule",
        "choice",
        choices=(
            ("hydrogen-chain", "hydrogen atoms in a line"),
            ("helium-hydride", "HeH+"),
            ("lithium-hydride", "LiH, on 6 qubits"),
        ),
        when=FROM_MOLECULE,
    ),
    Field("hamiltonian.atoms", "Atoms", "whole", choices=(("2", "2"), ("4", "4")), when=FROM_MOLECULE),
    Field("hamiltonian.bond_angstrom", "Distance, angstrom", when=FROM_MOLECULE),
)

FORM = Form(
    algorithm="vqe",
    name="Find lowest energies",
    words="A variational quantum eigensolver, beside the exact energy and the best unentangled state.",
    kind=EnergySpec,
    problem=_problem,
    sections=_sections,
    is_free=True,
)
