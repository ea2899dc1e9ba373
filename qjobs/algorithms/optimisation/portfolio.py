"""A portfolio: `choose` assets in equal parts, for the largest mean less risk aversion times variance."""

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.optimisation.data import Assets
from qjobs.algorithms.optimisation.problem import Choice
from qjobs.algorithms.qubo import Qubo, square_of
from qjobs.spec.problems import Portfolio


def portfolio_choice(problem: Portfolio, assets: Assets) -> Choice:
    """Violation: the square of how many assets too many or too few.

    Bound: the largest change of the objective by one flip. With d assets too many, d flips mend the choice;
    they cost at most d times the bound, the penalty that they save is d squared times more than the bound.
    """
    share = 1 / problem.choose
    covariance = problem.risk_aversion * share**2 * assets.covariance
    matrix = np.diag(share * assets.means - np.diag(covariance)) - np.triu(2 * covariance, 1)
    objective = Qubo(matrix)
    if not objective.largest_step():
        raise DatasetRefused("no asset has a return or a risk: there is nothing to choose")
    count = len(assets.names)
    return Choice(
        variables=assets.names,
        is_largest=True,
        objective=objective,
        violation=square_of(np.ones(count), -problem.choose),
        bound=objective.largest_step(),
        greedy=_greedy(objective, problem.choose),
    )


def _greedy(objective: Qubo, choose: int) -> NDArray:
    """Adds the asset that makes the objective largest, one after another; of equals the first."""
    bits = np.zeros(len(objective), dtype=np.int64)
    for _ in range(choose):
        values = [
            -np.inf if bits[asset] else objective.value(bits + one)
            for asset, one in enumerate(np.eye(len(bits), dtype=np.int64))
        ]
        bits[int(np.argmax(values))] = 1
    return bits
