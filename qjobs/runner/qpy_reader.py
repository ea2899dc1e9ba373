"""Reads a QPY file and writes it as OpenQASM 3; runs only inside the sandbox.

`python -m qjobs.runner.qpy_reader FILE OUTPUT_FOLDER`. Only the QPY version that this Qiskit writes is read:
older ones hold expressions that are parsed as Python.
"""

import sys
from pathlib import Path

from qiskit import qasm3, qpy

from qjobs.runner.qpy_version import WRONG_VERSION

MAGIC = b"QISKIT"


def main() -> None:
    path, output = Path(sys.argv[1]), Path(sys.argv[2])
    header = path.read_bytes()[: len(MAGIC) + 1]
    if header != MAGIC + bytes([qpy.QPY_VERSION]):
        sys.exit(WRONG_VERSION)
    with path.open("rb") as file:
        circuits = qpy.load(file)
    if len(circuits) != 1:
        sys.exit(1)
    (output / "circuit.qasm").write_bytes(qasm3.dumps(circuits[0]).encode())


if __name__ == "__main__":
    main()
