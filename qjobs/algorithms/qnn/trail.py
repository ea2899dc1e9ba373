"""One training, check by check: the trail of states that an auditor walks again from each to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.kernels import fitted_reduction
from qjobs.algorithms.preprocessing import Reduction, spread_of
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.qnn.objective import SCALARS, Circuit, Objective
from qjobs.algorithms.qnn.sample import Sample
from qjobs.algorithms.qnn.steps import Seeds, advanced, checks, first_state
from qjobs.algorithms.splits import inner_folds
from qjobs.spec import QnnSpec


@dataclass(frozen=True)
class Training:
    """Everything that a training depends on. `held`: the rows kept back for early stopping, or None.

    `centre`, `spread`: of the target among the training rows; 0 and 1 for classes. `parent`: the weights that
    it begins with, or None.
    """

    spec: QnnSpec
    seeds: Seeds
    reduction: Reduction
    objective: Objective
    held: Objective | None
    centre: float
    spread: float
    parent: NDArray | None

    @classmethod
    def of(
        cls, spec: QnnSpec, circuit: Circuit, sample: Sample, rows: NDArray, number: int, *, is_warm: bool
    ) -> "Training":
        """Training `number` of the job, on these rows of the sample; `is_warm`: begun with the parent."""
        features, target = sample.features[rows], sample.target[rows]
        is_class = spec.algorithm.task == "classify"
        centre, spread = (0.0, 1.0) if is_class else (float(target.mean()), spread_of(target))
        reduction = fitted_reduction(spec, features)
        scaled = (target - centre) / spread
        whole = Objective(circuit, reduction.apply(features), scaled, is_class, spec.algorithm.penalty)
        objective, held = whole, None
        if spec.algorithm.patience:
            fold = inner_folds(sample.upper[rows], spec.algorithm.inner_folds, spec.seed)[0]
            objective, held = whole.part(fold.train), whole.part(fold.test)
        parent = sample.parent if is_warm else None
        return cls(spec, Seeds(spec.seed, number), reduction, objective, held, centre, spread, parent)

    @property
    def weights(self) -> int:
        return self.objective.circuit.weights + SCALARS

    def start(self) -> NDArray:
        """The state before the first step; of a parent the weights, and nothing that its optimiser
        remembered."""
        state = self.fresh_start()
        if self.parent is not None:
            state[: self.weights] = self.parent
        return state

    def fresh_start(self) -> NDArray:
        """The state that a training without a parent begins with."""
        return first_state(self.spec.algorithm, self.objective.circuit.weights, self.seeds)

    def after(self, state: NDArray, check: int) -> NDArray:
        """The state after check number `check`, from 0."""
        return advanced(self.spec.algorithm, self.objective, state, check, self.seeds)

    def losses(self, states: NDArray) -> NDArray:
        """The loss on the training rows, one a state."""
        return np.array([self.objective.loss(each) for each in states[:, : self.weights]])

    def held_losses(self, states: NDArray) -> list[float]:
        """`held_loss` of each state."""
        return [self.held_loss(state, number) for number, state in enumerate(states)]

    def held_loss(self, state: NDArray, number: int) -> float:
        """The loss on the rows held back; without such rows every state passes for better than the last."""
        return -float(number) if self.held is None else self.held.loss(state[: self.weights])

    def is_over(self, held_losses: Sequence[float]) -> bool:
        """Whether training ends with the last of the states that have these losses."""
        done, patience = len(held_losses) - 1, self.spec.algorithm.patience
        waited = done - int(np.argmin(held_losses))
        return done >= checks(self.spec.algorithm) or 0 < patience <= waited

    def kept(self, states: NDArray) -> int:
        """The number of the state whose weights are used: the first of the best held back, or the last."""
        return int(np.argmin(self.held_losses(states)))

    def answers(self, states: NDArray, features: NDArray) -> NDArray:
        """Answers (m,) on feature rows (m, d) with the weights kept: margins, or numbers in the target's
        units."""
        weights = states[self.kept(states), : self.weights]
        angles = self.reduction.apply(features)
        return self.answers_of(weights, self.objective.circuit.values(weights, angles))

    def answers_of(self, weights: NDArray, values: NDArray) -> NDArray:
        """The same from the values <O> of the rows, (m,)."""
        return self.centre + self.spread * (weights[-2] * values + weights[-1])


def trained_trail(training: Training, watch: Watch, name: str, states: NDArray) -> Iterator[NDArray]:
    """The states so far, (checks done + 1, state), after each check; goes on from those given."""
    held_losses = training.held_losses(states)
    while not training.is_over(held_losses):
        watch.check()
        state = training.after(states[-1], len(states) - 1)
        held_losses.append(training.held_loss(state, len(states)))
        states = np.vstack([states, state])
        loss = training.objective.loss(state[: training.weights])
        said = f"{name}: check {len(states) - 1} of {checks(training.spec.algorithm)}"
        watch.tell("training", said, loss, loss=loss)
        yield states


def replayed(training: Training, posted: NDArray) -> NDArray:
    """What each state should be, given the posted one before it: as many as are posted."""
    states = [training.start()]
    states += [training.after(state, check) for check, state in enumerate(posted[:-1])]
    return np.array(states[: len(posted)])
