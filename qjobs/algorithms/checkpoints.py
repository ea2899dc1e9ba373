"""What a training that was killed goes on from: the angles that each finished start reached."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

SPEC_NAME = "spec"


class Checkpoints:
    """One file that is replaced as a whole; None keeps nothing. What is of another spec is not read.

    `stage`: the state of VQE, the seed of QAOA, that the starts belong to.
    """

    def __init__(self, file: Path | None, spec_digest: str) -> None:
        self._file = file
        self._spec = np.frombuffer(bytes.fromhex(spec_digest.removeprefix("0x")), dtype=np.uint8)
        self._reached = self._read()

    def reached(self, stage: int, start: int, parameters: int) -> NDArray | None:
        """The angles, (parameters,); None where this start was not finished."""
        found = self._reached.get(_name(stage, start))
        is_fit = found is not None and found.dtype == np.float64 and found.shape == (parameters,)
        return found if is_fit else None

    def keep(self, stage: int, start: int, angles: NDArray) -> None:
        self._reached[_name(stage, start)] = angles
        if self._file is None:
            return
        beside = self._file.with_suffix(".part")
        beside.write_bytes(save({SPEC_NAME: self._spec, **self._reached}))
        beside.replace(self._file)

    def _read(self) -> dict[str, NDArray]:
        if self._file is None or not self._file.is_file():
            return {}
        try:
            arrays = load(self._file.read_bytes())
        except (SafetensorError, ValueError, KeyError, TypeError):
            return {}
        named = arrays.pop(SPEC_NAME, np.empty(0))
        return arrays if np.array_equal(named, self._spec) else {}


def _name(stage: int, start: int) -> str:
    return f"state_{stage}_start_{start:02d}"
