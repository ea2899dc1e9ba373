"""What a training that was killed goes on from: the trails so far, as safetensors."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from qjobs.algorithms.checkpoints import made_by
from qjobs.algorithms.qnn.trail import Training
from qjobs.spec import QnnSpec

MADE_BY = "made_by"


@dataclass(frozen=True)
class Checkpoints:
    """One file that is replaced as a whole; None keeps nothing. What was `made_by` another is not read."""

    file: Path | None = None
    made_by: str = ""

    @classmethod
    def of(cls, spec: QnnSpec, file: Path | None) -> "Checkpoints":
        """Those of a run of this spec by a release that pre-processes as this one does."""
        return cls(file, made_by(spec))

    def write(self, trails: Sequence[NDArray]) -> None:
        if self.file is None:
            return
        beside = self.file.with_suffix(".part")
        beside.write_bytes(trails_bytes(trails, self.made_by))
        beside.replace(self.file)

    def read(self, trainings: Sequence[Training]) -> tuple[NDArray, ...]:
        """The trails of the first trainings; none where there is no file or it is of another job."""
        if self.file is None or not self.file.is_file():
            return ()
        try:
            arrays = load(self.file.read_bytes())
        except (SafetensorError, ValueError, KeyError, TypeError):
            return ()
        maker = arrays.pop(MADE_BY, np.empty(0))
        trails = tuple(arrays[name] for name in sorted(arrays))
        is_ours = (
            np.array_equal(maker, _numbers(self.made_by))
            and len(trails) <= len(trainings)
            and all(begins(trail, training) for trail, training in zip(trails, trainings, strict=False))
        )
        return trails if is_ours else ()


def begins(trail: NDArray, training: Training) -> bool:
    """Whether the states, (checks done + 1, state), begin where the training does."""
    return trail.ndim == 2 and len(trail) > 0 and np.array_equal(trail[0], training.start())


def trail_name(number: int) -> str:
    """Sorted by name, they are in order."""
    return f"trail_{number:02d}"


def trails_bytes(trails: Sequence[NDArray], made_by: str) -> bytes:
    named = {trail_name(number): trail for number, trail in enumerate(trails)}
    return save({MADE_BY: _numbers(made_by), **named})


def _numbers(text: str) -> NDArray:
    return np.frombuffer(text.encode(), dtype=np.uint8)
