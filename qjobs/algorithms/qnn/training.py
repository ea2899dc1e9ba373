"""Trains the circuit on every split and on all rows, and its baselines on the same splits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.qnn.baselines import Rows, baselines
from qjobs.algorithms.qnn.checkpoints import Checkpoints
from qjobs.algorithms.qnn.objective import Circuit
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.trail import Training, trained_trail
from qjobs.algorithms.splits import Split, outer_splits
from qjobs.spec import QnnSpec

QUANTUM = "quantum"


@dataclass(frozen=True)
class Plan:
    """One training a split, and the last on all rows: no row is held back from the model people use."""

    circuit: Circuit
    splits: tuple[Split, ...]
    trainings: tuple[Training, ...]

    @classmethod
    def of(cls, spec: QnnSpec, sample: Sample) -> "Plan":
        """Raises `ModelRefused` where the spec starts from a model that the sample does not have."""
        if (spec.warm_start is None) != (sample.parent is None):
            raise ModelRefused("spec and sample do not agree on whether training begins with a model")
        circuit, splits = Circuit.of(spec), outer_splits(sample.upper, spec.splits)
        parts = [*((split.train, spec.is_compared_warm) for split in splits), (np.arange(len(sample)), True)]
        trainings = (
            Training.of(spec, circuit, sample, rows, number, is_warm=is_warm)
            for number, (rows, is_warm) in enumerate(parts)
        )
        return cls(circuit, splits, tuple(trainings))

    @property
    def final(self) -> Training:
        return self.trainings[-1]


def plan_steps(spec: QnnSpec) -> int:
    """Steps that a whole job is told in."""
    return spec.splits.count + 1 + spec.splits.count * len(baselines(spec)) + 1


def trained_trails(plan: Plan, watch: Watch, checkpoints: Checkpoints) -> tuple[NDArray, ...]:
    """The trail of each training; goes on where the checkpoints end."""
    known = checkpoints.read(plan.trainings)
    trails: list[NDArray] = []
    for number, training in enumerate(plan.trainings):
        is_final = number == len(plan.splits)
        name = "all rows" if is_final else f"split {number + 1} of {len(plan.splits)}"
        trails.append(known[number] if number < len(known) else training.start()[None, :])
        for states in trained_trail(training, watch, name, trails[number]):
            trails[number] = states
            checkpoints.write(trails)
        loss = float(training.losses(trails[number][-1:])[0])
        watch.step("training", f"{name}: trained", loss, loss=loss)
    return tuple(trails)


def baseline_answers(
    spec: QnnSpec, sample: Sample, splits: tuple[Split, ...], watch: Watch
) -> Mapping[str, tuple[NDArray, ...]]:
    """Answers on the test rows, one array a split, by the baseline's name."""
    rows = Rows(sample.features, sample.target, sample.upper)
    answers: dict[str, list[NDArray]] = {name: [] for name in baselines(spec)}
    for number, split in enumerate(splits, start=1):
        for name, baseline in baselines(spec).items():
            fitted = baseline(rows.part(split.train), watch)
            answers[name].append(fitted(sample.features[split.test]))
            watch.step("baselines", f"split {number} of {len(splits)}: {name}")
    return {name: tuple(each) for name, each in answers.items()}
