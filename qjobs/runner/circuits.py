"""QPY files of others, read in the sandbox."""

import subprocess
from pathlib import Path

from common.errors import PermanentError
from qjobs.runner.limits import MIB, RunLimits
from qjobs.runner.process import start_isolated, stop
from qjobs.runner.qpy_version import WRONG_VERSION

READ_LIMITS = RunLimits(run_seconds=60, memory_bytes=1536 * MIB, output_bytes=4 * MIB)


class QpyUnreadable(PermanentError):
    """The bytes are no QPY file of one circuit."""

    code = "qpy_unreadable"


class QpyVersionDiffers(QpyUnreadable):
    """The file was written for another version of QPY than this Qiskit writes; it was not opened."""

    code = "qpy_version_differs"


def qpy_as_qasm(block: bytes, folder: Path) -> bytes:
    """The circuit of a QPY file as OpenQASM 3. `folder` is an existing empty folder of the caller's."""
    path, output = folder / "circuit.qpy", folder / "output"
    path.write_bytes(block)
    output.mkdir()
    child = start_isolated(
        ["qjobs.runner.qpy_reader", str(path.resolve()), str(output.resolve())],
        folder=folder,
        readable=[path.resolve()],
        writable=[output.resolve()],
        limits=READ_LIMITS,
    )
    try:
        child.communicate(timeout=READ_LIMITS.run_seconds)
    except subprocess.TimeoutExpired as error:
        raise QpyUnreadable("reading the QPY file took too long") from error
    finally:
        stop(child)
    if child.returncode == WRONG_VERSION:
        raise QpyVersionDiffers("the QPY file is of another version than this Qiskit writes")
    written = output / "circuit.qasm"
    if child.returncode != 0 or not written.is_file() or written.is_symlink():
        raise QpyUnreadable("the QPY file cannot be read")
    return written.read_bytes()
