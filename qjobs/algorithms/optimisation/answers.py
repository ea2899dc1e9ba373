"""The choices beside each other, seed by seed: measured, annealed, greedy, random."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.optimisation.problem import Choice, Measured, Outlook, states_of
from qjobs.algorithms.qaoa.answers import RANDOM_STREAM, TIE
from qjobs.engines.annealer import AnnealerEngine
from qjobs.spec import QuboSpec
from qjobs.spec.values import SEED_MAX

QAOA, CLASSICAL = "qaoa", ("annealing", "greedy", "random")


def seeds_of(spec: QuboSpec) -> list[int]:
    """The spec's seed and those that follow it."""
    return [(spec.seed + number) % (SEED_MAX + 1) for number in range(spec.algorithm.seeds)]


def answers_of_seed(
    spec: QuboSpec, choice: Choice, outlook: Outlook, outcomes: NDArray, seed: int
) -> Mapping[str, Measured]:
    """The best measurement, the best read of simulated annealing at the spec's budget on the same energy,
    the greedy answer, and the best of as many random choices that keep the constraints."""
    method, energy = spec.algorithm, choice.energy(spec.algorithm.penalty)
    annealed = AnnealerEngine(spec.limits.memory_bytes).annealed(
        energy.matrix, reads=method.annealing_reads, sweeps=method.annealing_sweeps, seed=seed
    )
    dice = np.random.default_rng([seed, 0, RANDOM_STREAM])
    drawn = dice.choice(np.flatnonzero(outlook.allowed), size=spec.shots)
    return {
        QAOA: outlook.best_of(outcomes, TIE),
        "annealing": outlook.best_of(np.sort(states_of(annealed)), TIE),
        "greedy": outlook.measured(int(states_of(choice.greedy[None, :])[0])),
        "random": outlook.best_of(drawn, TIE),
    }
