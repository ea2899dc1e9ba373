"""Some of a job's trainings alone, and a checkpoint that holds what they end with."""

from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from numpy.typing import NDArray

from qjobs.algorithms.progress import Watch
from qjobs.algorithms.qnn.checkpoints import Checkpoints, begins
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.trail import trained_trail
from qjobs.algorithms.qnn.training import Plan
from qjobs.spec import QnnSpec


def train_parts(spec: QnnSpec, sample: Sample, numbers: Sequence[int], watch: Watch) -> dict[int, NDArray]:
    """The whole trails of these trainings, by their numbers."""
    plan, trails = Plan.of(spec, sample), {}
    for number in numbers:
        training = plan.trainings[number]
        begun = training.start()[None, :]
        states = deque([begun], maxlen=1)
        states.extend(trained_trail(training, watch, f"training {number + 1}", begun))
        trails[number] = states.pop()
    return trails


def keep_trails(spec: QnnSpec, sample: Sample, file: Path, trails: Mapping[int, NDArray]) -> None:
    """Keeps these trails beside those that the file holds; a training that neither has begins anew."""
    trainings, kept = Plan.of(spec, sample).trainings, Checkpoints.of(spec, file)
    known = dict(enumerate(kept.read(trainings)))
    known |= {each: trail for each, trail in trails.items() if begins(trail, trainings[each])}
    kept.write([known.get(each, training.start()[None, :]) for each, training in enumerate(trainings)])
