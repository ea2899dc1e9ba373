"""Each trial state gate by gate, in circuit order: what is drawn, counted and run is one list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, count, pairwise

from qjobs.spec.ansaetze import (
    AnyAnsatz,
    HamiltonianVariational,
    HardwareEfficient,
    NumberPreserving,
    UnitaryCoupledCluster,
)
from qjobs.spec.circuit_size import entangled_pairs
from qjobs.spec.hamiltonians import AnyHamiltonian, Lattice, Molecule, bonds

PauliTerm = tuple[tuple[int, str], ...]
"""(qubit, letter) by rising qubit."""


@dataclass(frozen=True)
class TrialGate:
    """`name` is Qiskit's method. `parameter`: the number of the angle, which `factor` multiplies; None where
    the gate has none."""

    name: str
    wires: tuple[int, ...]
    parameter: int | None = None
    factor: float = 1.0


def trial_gates(qubits: int, ansatz: AnyAnsatz, hamiltonian: AnyHamiltonian) -> Iterator[TrialGate]:
    """The gates from |0...0>; parameters are numbered in the order of their first gate."""
    match ansatz:
        case HardwareEfficient():
            return _hardware_efficient(qubits, ansatz)
        case NumberPreserving():
            return _number_preserving(qubits, ansatz)
        case UnitaryCoupledCluster():
            if not isinstance(hamiltonian, Molecule):
                raise TypeError("ucc-sd is for molecules")
            return _coupled_cluster(hamiltonian)
        case HamiltonianVariational():
            if not isinstance(hamiltonian, Lattice):
                raise TypeError("hamiltonian-variational is for lattices")
            return _hamiltonian_variational(qubits, ansatz, hamiltonian)


def excitations(molecule: Molecule) -> tuple[tuple[int, ...], ...]:
    """(from, to) and (from, from, to, to) in spin orbitals, up at even, down at odd numbers, the spin kept.

    >>> excitations(Molecule())
    ((0, 2), (1, 3), (0, 1, 2, 3))
    """
    occupied, empty = range(molecule.electrons), range(molecule.electrons, molecule.qubits)
    singles = [(source, target) for source in occupied for target in empty if (source - target) % 2 == 0]
    doubles = [
        (*sources, *targets)
        for sources in combinations(occupied, 2)
        for targets in combinations(empty, 2)
        if sum(each % 2 for each in sources) == sum(each % 2 for each in targets)
    ]
    return (*singles, *doubles)


def excitation_strings(excitation: tuple[int, ...]) -> Iterator[tuple[float, PauliTerm]]:
    """T - T^dagger of an excitation is, up to its sign, i times the sum of these; all of them commute.

    T moves the electrons of the first half of the orbitals to the second: a_t^dagger a_s, or
    a_t^dagger a_u^dagger a_s a_r for (r, s, t, u), by Jordan-Wigner.
    """
    half = len(excitation) // 2
    ends = sorted(excitation)
    between = [
        qubit for first, last in zip(ends[::2], ends[1::2], strict=True) for qubit in range(first + 1, last)
    ]
    for letters in range(2 ** len(excitation)):
        is_y = [bool(letters >> place & 1) for place in range(len(excitation))]
        if sum(is_y) % 2 == 0:
            continue
        # A lowering operator is (X + iY)/2, a raising one (X - iY)/2.
        power = sum(1 if place < half else -1 for place, each in enumerate(is_y) if each)
        sign = 1.0 if power % 4 == 1 else -1.0
        pairs = [(qubit, "Y" if each else "X") for qubit, each in zip(excitation, is_y, strict=True)]
        yield sign * 2.0 ** (1 - len(excitation)), tuple(sorted([*pairs, *((each, "Z") for each in between)]))


def _hardware_efficient(qubits: int, ansatz: HardwareEfficient) -> Iterator[TrialGate]:
    numbers = count()
    for layer in range(ansatz.layers + 1):
        for axis in ansatz.rotations:
            yield from (TrialGate(f"r{axis}", (qubit,), next(numbers)) for qubit in range(qubits))
        if layer < ansatz.layers:
            yield from (TrialGate("cx", pair) for pair in entangled_pairs(qubits, ansatz.entanglement))


def _number_preserving(qubits: int, ansatz: NumberPreserving) -> Iterator[TrialGate]:
    numbers = count()
    yield from (TrialGate("x", (qubit,)) for qubit in ansatz.occupied)
    pairs = [(first, first + 1) for start in (0, 1) for first in range(start, qubits - 1, 2)]
    for _ in range(ansatz.layers):
        for pair in pairs:
            exchange = next(numbers)
            yield TrialGate("rxx", pair, exchange)
            yield TrialGate("ryy", pair, exchange)
            yield TrialGate("rzz", pair, next(numbers))
        yield from (TrialGate("rz", (qubit,), next(numbers)) for qubit in range(qubits))


def _coupled_cluster(molecule: Molecule) -> Iterator[TrialGate]:
    yield from (TrialGate("x", (qubit,)) for qubit in range(molecule.electrons))
    for number, excitation in enumerate(excitations(molecule)):
        for weight, term in excitation_strings(excitation):
            # exp(i angle weight P) is a turn by -2 weight times the angle.
            yield from _turn(term, number, -2 * weight)


def _turn(term: PauliTerm, parameter: int, factor: float) -> Iterator[TrialGate]:
    """exp(-i factor angle/2 P): into the basis of P, the parity onto the last qubit, RZ, and back."""
    wires = [qubit for qubit, _ in term]
    ladder = [TrialGate("cx", pair) for pair in pairwise(wires)]
    for qubit, letter in term:
        yield from (TrialGate(name, (qubit,)) for name in {"X": ("h",), "Y": ("sdg", "h")}.get(letter, ()))
    yield from ladder
    yield TrialGate("rz", (wires[-1],), parameter, factor)
    yield from reversed(ladder)
    for qubit, letter in term:
        yield from (TrialGate(name, (qubit,)) for name in {"X": ("h",), "Y": ("h", "s")}.get(letter, ()))


def _hamiltonian_variational(
    qubits: int, ansatz: HamiltonianVariational, lattice: Lattice
) -> Iterator[TrialGate]:
    numbers = count()
    pairs = bonds(qubits, lattice)
    if lattice.model == "transverse-ising":
        yield from (TrialGate("h", (qubit,)) for qubit in range(qubits))
        for _ in range(ansatz.layers):
            coupling, field = next(numbers), next(numbers)
            yield from (TrialGate("rzz", pair, coupling) for pair in pairs)
            yield from (TrialGate("rx", (qubit,), field) for qubit in range(qubits))
        return
    matchings = _matchings(pairs)
    yield from _singlets(qubits, matchings[0] if matchings else ())
    for _ in range(ansatz.layers):
        for matching in reversed(matchings):
            angle = next(numbers)
            for pair in matching:
                yield from (TrialGate(name, pair, angle) for name in ("rxx", "ryy", "rzz"))
        if lattice.field:
            field = next(numbers)
            yield from (TrialGate("rz", (qubit,), field) for qubit in range(qubits))


def _singlets(qubits: int, pairs: Sequence[tuple[int, int]]) -> Iterator[TrialGate]:
    """(|01> - |10>) / sqrt 2 on each pair; of the qubits in none, every other one is 1."""
    for first, second in pairs:
        yield from (TrialGate("x", (qubit,)) for qubit in (first, second))
        yield TrialGate("h", (first,))
        yield TrialGate("cx", (first, second))
    alone = sorted(set(range(qubits)) - {qubit for pair in pairs for qubit in pair})
    yield from (TrialGate("x", (qubit,)) for qubit in alone[1::2])


def _matchings(pairs: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, int], ...]]:
    """The pairs in groups in which no qubit is in two, each pair in the first group that has room."""
    groups: list[list[tuple[int, int]]] = []
    for pair in pairs:
        room = (group for group in groups if not {qubit for each in group for qubit in each} & set(pair))
        group = next(room, None)
        if group is None:
            groups.append([pair])
        else:
            group.append(pair)
    return [tuple(group) for group in groups]
