"""From a Qiskit circuit of standard gates to a `Program`."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Barrier, Delay, Gate, Instruction, ParameterExpression
from qiskit.circuit.library import standard_gates as gates

from qjobs.engines.angles import AngleTable
from qjobs.engines.errors import CircuitNotSupported
from qjobs.engines.phases import CONSTANT_ANGLE, Phase, PhaseRun
from qjobs.engines.program import (
    FixedMatrix,
    FixedPhaseLayer,
    HadamardLayer,
    PauliTurn,
    Permutation,
    PhaseLayer,
    Program,
    RotationLayer,
    Step,
)

MAX_NESTING = 12
MAX_MATRIX_WIRES = 3

Terms = tuple[tuple[float, tuple[int, ...]], ...]
"""(factor, positions): adds factor x angle to the phase where the gate's wires at these positions are 1."""

TURNED_PHASES: dict[type, Terms] = {
    gates.PhaseGate: ((1.0, (0,)),),
    gates.U1Gate: ((1.0, (0,)),),
    gates.RZGate: ((1.0, (0,)), (-0.5, ())),
    gates.CPhaseGate: ((1.0, (0, 1)),),
    gates.CU1Gate: ((1.0, (0, 1)),),
    gates.CRZGate: ((1.0, (0, 1)), (-0.5, (0,))),
    gates.RZZGate: ((1.0, (0,)), (1.0, (1,)), (-2.0, (0, 1)), (-0.5, ())),
}
FIXED_PHASES: dict[type, tuple[float, tuple[int, ...]]] = {
    gates.ZGate: (math.pi, (0,)),
    gates.SGate: (math.pi / 2, (0,)),
    gates.SdgGate: (-math.pi / 2, (0,)),
    gates.TGate: (math.pi / 4, (0,)),
    gates.TdgGate: (-math.pi / 4, (0,)),
    gates.CZGate: (math.pi, (0, 1)),
    gates.CSGate: (math.pi / 2, (0, 1)),
    gates.CSdgGate: (-math.pi / 2, (0, 1)),
    gates.CCZGate: (math.pi, (0, 1, 2)),
}
MOVES: dict[type, Callable[..., None]] = {
    gates.CXGate: PhaseRun.cx,
    gates.XGate: PhaseRun.x,
    gates.SwapGate: PhaseRun.swap,
}
PAULI_TURNS: dict[type, tuple[tuple[float, str], ...]] = {
    gates.RXGate: ((1.0, "X"),),
    gates.RXXGate: ((1.0, "XX"),),
    gates.RYYGate: ((1.0, "YY"),),
    gates.RZXGate: ((1.0, "ZX"),),
    gates.CRXGate: ((0.5, "IX"), (-0.5, "ZX")),
    gates.CRYGate: ((0.5, "IY"), (-0.5, "ZY")),
}
"""exp(-i factor theta/2 P), one after another; letter i of P is on the gate's wire i."""

IGNORED = frozenset({Barrier, Delay, gates.IGate})


def compile_circuit(circuit: QuantumCircuit) -> Program:
    """The program of a circuit of gates; raises `CircuitNotSupported` where it holds anything else."""
    compiler = _Compiler(circuit)
    compiler.take_circuit(circuit, tuple(range(circuit.num_qubits)), depth=0)
    return compiler.program(tuple(parameter.name for parameter in circuit.parameters))


def _is_open_controlled(operation: Instruction) -> bool:
    state = getattr(operation, "ctrl_state", None)
    return state is not None and state != 2**operation.num_ctrl_qubits - 1


def _is_bound(parameter: Any) -> bool:
    return not isinstance(parameter, ParameterExpression) or not parameter.parameters


def _is_small_matrix(operation: Instruction) -> bool:
    return (
        isinstance(operation, Gate)
        and operation.num_qubits <= MAX_MATRIX_WIRES
        and hasattr(operation, "__array__")
        and all(_is_bound(parameter) for parameter in operation.params)
    )


class _Compiler:
    """Collects steps; diagonal gates and permutations gather in a run that any other gate ends."""

    def __init__(self, circuit: QuantumCircuit) -> None:
        self._qubits = circuit.num_qubits
        self._angles = AngleTable(tuple(circuit.parameters))
        self._run = PhaseRun(self._qubits)
        self._run_is_empty = True
        self._steps: list[Step] = []
        self._phase_numbers: dict[object, int] = {}
        self._hadamards = 0
        self._rotations: dict[int, int] = {}

    def program(self, parameters: tuple[str, ...]) -> Program:
        self._end_all()
        return Program(self._qubits, parameters, self._angles, tuple(self._steps))

    def take_circuit(self, circuit: QuantumCircuit, wires: tuple[int, ...], depth: int) -> None:
        if depth > MAX_NESTING:
            raise CircuitNotSupported(f"gates are nested deeper than {MAX_NESTING} levels")
        self._add_phase(circuit.global_phase, 1.0, ())
        position = {qubit: index for index, qubit in enumerate(circuit.qubits)}
        for instruction in circuit.data:
            if instruction.clbits:
                raise CircuitNotSupported(
                    f"{instruction.operation.name} touches classical bits; only gates run"
                )
            taken = tuple(wires[position[qubit]] for qubit in instruction.qubits)
            self._take(instruction.operation, taken, depth)

    def _take(self, operation: Instruction, wires: tuple[int, ...], depth: int) -> None:
        kind = getattr(operation, "base_class", type(operation))
        if kind in IGNORED:
            return
        if _is_open_controlled(operation):
            self._take_other(operation, kind, wires, depth)
        elif kind in TURNED_PHASES:
            for factor, positions in TURNED_PHASES[kind]:
                self._add_phase(operation.params[0], factor, tuple(wires[each] for each in positions))
        elif kind in FIXED_PHASES:
            angle, positions = FIXED_PHASES[kind]
            self._add_phase(angle, 1.0, tuple(wires[each] for each in positions))
        elif kind is gates.HGate:
            self._take_hadamard(wires[0])
        elif kind in MOVES:
            self._open_run()
            MOVES[kind](self._run, *wires)
        else:
            self._take_other(operation, kind, wires, depth)

    def _take_other(self, operation: Instruction, kind: type, wires: tuple[int, ...], depth: int) -> None:
        if _is_small_matrix(operation):
            self._append(FixedMatrix(operation.to_matrix(), wires))
        elif kind is gates.RYGate:
            self._take_rotation(operation.params[0], wires[0])
        elif kind in PAULI_TURNS and not _is_open_controlled(operation):
            for factor, paulis in PAULI_TURNS[kind]:
                self._take_pauli_turn(operation.params[0], factor, paulis, wires)
        elif kind in {gates.UGate, gates.U3Gate}:
            theta, phi, lam = operation.params
            self._add_phase(lam, 1.0, (wires[0],))
            self._take_rotation(theta, wires[0])
            self._add_phase(phi, 1.0, (wires[0],))
        elif operation.definition is not None:
            self.take_circuit(operation.definition, wires, depth + 1)
        else:
            raise CircuitNotSupported(f"{operation.name} is no gate with a definition")

    def _take_rotation(self, theta: Any, wire: int) -> None:
        """RY; those on other wires right after it join its layer."""
        if _is_bound(theta):
            self._append(FixedMatrix(gates.RYGate(float(theta)).to_matrix(), (wire,)))
            return
        if not self._run_is_empty or self._hadamards or wire in self._rotations:
            self._end_run()
            self._end_hadamards()
            self._end_rotations()
        self._rotations[wire] = self._angles.number_of(theta)

    def _take_pauli_turn(self, theta: Any, factor: float, paulis: str, wires: tuple[int, ...]) -> None:
        x_mask = sum(1 << wire for wire, letter in zip(wires, paulis, strict=True) if letter in "XY")
        z_mask = sum(1 << wire for wire, letter in zip(wires, paulis, strict=True) if letter in "ZY")
        self._append(PauliTurn(self._angles.number_of(theta), factor, x_mask, z_mask))

    def _take_hadamard(self, wire: int) -> None:
        self._end_run()
        self._end_rotations()
        if self._hadamards >> wire & 1:
            self._end_hadamards()
        self._hadamards |= 1 << wire

    def _add_phase(self, angle: Any, factor: float, wires: tuple[int, ...]) -> None:
        if _is_bound(angle) and float(angle) == 0.0:
            return
        self._open_run()
        if not self._run.can_take(wires):
            self._end_run()
            self._open_run()
        if _is_bound(angle):
            self._run.add(CONSTANT_ANGLE, factor * float(angle), wires)
        else:
            self._run.add(self._angles.number_of(angle), factor, wires)

    def _append(self, step: Step) -> None:
        self._end_all()
        self._steps.append(step)

    def _open_run(self) -> None:
        self._end_hadamards()
        self._end_rotations()
        self._run_is_empty = False

    def _end_all(self) -> None:
        """Of what is open there is at most one kind."""
        self._end_run()
        self._end_hadamards()
        self._end_rotations()

    def _end_rotations(self) -> None:
        if self._rotations:
            wires = tuple(sorted(self._rotations))
            self._steps.append(RotationLayer(wires, tuple(self._rotations[wire] for wire in wires)))
            self._rotations = {}

    def _end_hadamards(self) -> None:
        if self._hadamards:
            self._steps.append(HadamardLayer(self._hadamards))
            self._hadamards = 0

    def _end_run(self) -> None:
        if self._run_is_empty:
            return
        phase, source = self._run.phase(), self._run.permutation()
        if phase is not None:
            self._steps.append(self._phase_step(phase))
        if source is not None:
            self._steps.append(Permutation(source))
        self._run, self._run_is_empty = PhaseRun(self._qubits), True

    def _phase_step(self, phase: Phase) -> Step:
        if not phase.angles:
            return FixedPhaseLayer(phase.vector(np.empty((1, 0)), self._qubits)[0])
        number = self._phase_numbers.setdefault(phase.key(), len(self._phase_numbers))
        return PhaseLayer(number, phase)
