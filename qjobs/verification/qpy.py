"""QPY files of strangers, read in a sandbox of their own: beforehand, for who cannot start one."""

import json
import tempfile
from pathlib import Path

from qjobs.runner.circuits import QpyUnreadable, QpyVersionDiffers, qpy_as_qasm
from qjobs.verification.rebuilding import QPY_FILE, QpyReader

KEPT_FILE = f"{QPY_FILE}.json"


def read_circuit(block: bytes) -> bytes:
    """The circuit as OpenQASM; raises QpyUnreadable."""
    with tempfile.TemporaryDirectory(prefix="qommons-qpy-") as name:
        return qpy_as_qasm(block, Path(name))


def keep_circuit(block: bytes, folder: Path) -> None:
    """Reads the file and leaves in the folder what `kept_circuit` gives or raises."""
    try:
        kept = {"qasm": read_circuit(block).decode()}
    except QpyVersionDiffers as error:
        kept = {"version_differs": error.message}
    except QpyUnreadable as error:
        kept = {"unreadable": error.message}
    (folder / KEPT_FILE).write_text(json.dumps(kept))


def kept_circuit(folder: Path) -> QpyReader:
    """What `keep_circuit` found, in place of reading the file."""

    def read(_block: bytes) -> bytes:
        kept = json.loads((folder / KEPT_FILE).read_bytes())
        if "version_differs" in kept:
            raise QpyVersionDiffers(kept["version_differs"])
        if "unreadable" in kept:
            raise QpyUnreadable(kept["unreadable"])
        return str(kept["qasm"]).encode()

    return read
