"""Engines that know a kernel by what it is computed from: the circuit and the bits of its rows."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from qjobs.algorithms.circuits import as_qasm
from qjobs.engines.protocol import KernelEngine, StateProgram


@dataclass(frozen=True)
class KernelRequest:
    """One kernel: of all pairs of `left` (n, parameters), or of each of them with each of `right`."""

    name: str
    program: StateProgram
    left: NDArray
    right: NDArray | None

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.left), len(self.left if self.right is None else self.right)


class NamingEngine:
    """An engine as it is, that also names the kernels of the circuits that it compiled."""

    def __init__(self, engine: KernelEngine) -> None:
        self.engine = engine
        self._circuits: dict[int, tuple[StateProgram, bytes]] = {}

    def compile(self, circuit: QuantumCircuit) -> StateProgram:
        program = self.engine.compile(circuit)
        self._circuits[id(program)] = program, as_qasm(circuit)
        return program

    def request(self, program: StateProgram, left: NDArray, right: NDArray | None) -> KernelRequest:
        """The request for this kernel; equal names are equal kernels, bit by bit."""
        digest = hashlib.sha256(self._circuits[id(program)][1])
        for rows in (left, right):
            digest.update(b"none" if rows is None else repr(rows.shape).encode())
            digest.update(b"" if rows is None else np.ascontiguousarray(rows, dtype=np.float64).tobytes())
        return KernelRequest(digest.hexdigest(), program, left, right)

    def gram(self, program: StateProgram, rows: NDArray) -> NDArray:
        return self.engine.gram(program, rows)

    def cross_gram(self, program: StateProgram, left: NDArray, right: NDArray) -> NDArray:
        return self.engine.cross_gram(program, left, right)


class AskedEngine(NamingEngine):
    """Notes each kernel that it is asked for and computes none: its answers are zeros."""

    def __init__(self, engine: KernelEngine) -> None:
        super().__init__(engine)
        self.requests: dict[str, KernelRequest] = {}

    def gram(self, program: StateProgram, rows: NDArray) -> NDArray:
        return self._note(self.request(program, rows, None))

    def cross_gram(self, program: StateProgram, left: NDArray, right: NDArray) -> NDArray:
        return self._note(self.request(program, left, right))

    def _note(self, request: KernelRequest) -> NDArray:
        self.requests[request.name] = request
        return np.broadcast_to(np.float64(0), request.shape)
