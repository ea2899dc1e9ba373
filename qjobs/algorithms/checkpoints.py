"""What a run that was killed goes on from: angles that finished starts reached, and what searches found."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from qjobs.algorithms.progress import Search
from qjobs.spec import EnergySpec, GraphSpec, JobSpec, QuboSpec, ReductionSpec, spec_digest
from qjobs.spec.document import TableSpec

AngleSpec = EnergySpec | GraphSpec | QuboSpec

MADE_BY = "made_by"
SEARCH_ORDER = 1
"""Of the searches of a run; another number where they are made in another order."""


class Checkpoints:
    """One file that is replaced as a whole; None keeps nothing. What was `made_by` another is not read.

    `stage`: the state of VQE, the seed of QAOA, that the starts belong to.
    """

    def __init__(self, file: Path | None, made_by: str) -> None:
        self._file = file
        self._made_by = np.frombuffer(made_by.encode(), dtype=np.uint8)
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
        beside.write_bytes(save({MADE_BY: self._made_by, **self._reached}))
        beside.replace(self._file)

    @property
    def holds_any(self) -> bool:
        """Whether there is anything to go on from."""
        return bool(self._reached)

    def _read(self) -> dict[str, NDArray]:
        if self._file is None or not self._file.is_file():
            return {}
        try:
            arrays = load(self._file.read_bytes())
        except (SafetensorError, ValueError, KeyError, TypeError):
            return {}
        maker = arrays.pop(MADE_BY, np.empty(0))
        return arrays if np.array_equal(maker, self._made_by) else {}


class Choices:
    """What searches found, in the order in which a run makes them."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        self._checkpoints = checkpoints
        self._next = 0

    @classmethod
    def kept_in(cls, file: Path | None, spec: JobSpec) -> "Choices":
        """Those of a run of this spec; with None for a file they are forgotten."""
        return cls(Checkpoints(file, made_by(spec)))

    def remembered(self, search: Search, numbers: int) -> tuple[float, ...]:
        """The numbers that an attempt before this one found, else what `search` finds."""
        place, self._next = self._next, self._next + 1
        known = self._checkpoints.reached(SEARCH_ORDER, place, numbers)
        if known is not None:
            return tuple(known.tolist())
        found = search()
        self._checkpoints.keep(SEARCH_ORDER, place, np.array(found, dtype=np.float64))
        return found


def keep_starts(spec: AngleSpec, _data: object, file: Path, reached: Mapping[int, NDArray]) -> None:
    """Keeps the angles that starts reached, by their numbers over all stages."""
    kept = Checkpoints(file, spec_digest(spec))
    for number, angles in reached.items():
        kept.keep(*divmod(number, spec.algorithm.restarts), angles)


def made_by(spec: JobSpec) -> str:
    """What a run and what it goes on from agree in: the spec, and how this release pre-processes for it."""
    form = spec.preprocessing.form if isinstance(spec, TableSpec | ReductionSpec) else ""
    return f"{spec_digest(spec)} {form}".rstrip()


def _name(stage: int, start: int) -> str:
    return f"state_{stage}_start_{start:02d}"
