"""One training, check by check: the trail of states that an auditor walks again from each to the next."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.kernels import fitted_reduction
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.qnn.objective import SCALARS, Circuit, Objective
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.steps import Seeds, advanced, checks, first_state
from qjobs.algorithms.splits import inner_folds
from qjobs.spec import QnnSpec


@dataclass(frozen=True)
class Training:
    """Everything that a training depends on. `held`: the rows kept back for early stopping, or None.

    `centre`, `spread`: of the target among the training rows; 0 and 1 for classes.
    """

    spec: QnnSpec
    seeds: Seeds
    reduction: Reduction
    objective: Objective
    held: Objective | None
    centre: float
    spread: float

    @classmethod
    def of(cls, spec: QnnSpec, circuit: Circuit, sample: Sample, rows: NDArray, number: int) -> "Training":
        """Training `number` of the job, on these rows of the sample."""
        features, target = sample.features[rows], sample.target[rows]
        is_class = spec.algorithm.task == "classify"
        centre, spread = (0.0, 1.0) if is_class else (float(target.mean()), float(target.std()) or 1.0)
        reduction = fitted_reduction(spec, features)
        scaled = (target - centre) / spread
        whole = Objective(circuit, reduction.apply(features), scaled, is_class, spec.algorithm.penalty)
        objective, held = whole, None
        if spec.algorithm.patience:
            fold = inner_folds(sample.upper[rows], spec.algorithm.inner_folds, spec.seed)[0]
            objective, held = whole.part(fold.train), whole.part(fold.test)
        return cls(spec, Seeds(spec.seed, number), reduction, objective, held, centre, spread)

    @property
    def weights(self) -> int:
        return self.objective.circuit.weights + SCALARS

    def start(self) -> NDArray:
        return first_state(self.spec.algorithm, self.objective.circuit.weights, self.seeds)

    def after(self, state: NDArray, check: int) -> NDArray:
        """The state after check number `check`, from 0."""
        return advanced(self.spec.algorithm, self.objective, state, check, self.seeds)

    def losses(self, states: NDArray) -> tuple[NDArray, NDArray | None]:
        """The loss on the training rows and on those held back, one a state."""
        weights = states[:, : self.weights]
        trained = np.array([self.objective.loss(each) for each in weights])
        if self.held is None:
            return trained, None
        return trained, np.array([self.held.loss(each) for each in weights])

    def is_over(self, states: NDArray) -> bool:
        """Whether training ends with the last of these states."""
        if len(states) > checks(self.spec.algorithm):
            return True
        return self.held is not None and len(states) - 1 - self.kept(states) >= self.spec.algorithm.patience

    def kept(self, states: NDArray) -> int:
        """The number of the state whose weights are used: the last, or the first of the best held back."""
        _, held = self.losses(states) if self.held is not None else (None, None)
        return len(states) - 1 if held is None else int(held.argmin())

    def answers(self, states: NDArray, features: NDArray) -> NDArray:
        """Answers (m,) on feature rows (m, d) with the weights kept: margins, or numbers in the target's
        units."""
        weights = states[self.kept(states), : self.weights]
        angles = self.reduction.apply(features)
        return self.centre + self.spread * self.objective.circuit.answers(weights, angles)


def trained_trail(training: Training, watch: Watch, name: str, states: NDArray) -> Iterator[NDArray]:
    """The states so far, (checks done + 1, state), after each check; goes on from those given."""
    while not training.is_over(states):
        watch.check()
        state = training.after(states[-1], len(states) - 1)
        states = np.vstack([states, state])
        loss = training.objective.loss(state[: training.weights])
        watch.tell("training", f"{name}: check {len(states) - 1} of {checks(training.spec.algorithm)}", loss)
        yield states


def replayed(training: Training, posted: NDArray) -> NDArray:
    """What each state should be, given the posted one before it: as many as are posted."""
    states = [training.start()]
    states += [training.after(state, check) for check, state in enumerate(posted[:-1])]
    return np.array(states[: len(posted)])
