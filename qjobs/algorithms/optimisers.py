"""Minimises a loss over the angles of a circuit; equal seeds give equal steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

from qjobs.spec.optimisers import Adam, AnyOptimiser, Lbfgs, Spsa

Loss = Callable[[NDArray], float]
LossAndSlopes = Callable[[NDArray], tuple[float, NDArray]]
OnStep = Callable[[int, float], None]
"""Told the number of the step, from 1, and the loss there."""

DECAYS = (0.9, 0.999)
ADAM_SAFEGUARD = 1e-8
GAIN_POWER, PROBE_POWER, STABILITY_SHARE = 0.602, 0.101, 0.1


@dataclass(frozen=True)
class Minimum:
    """The best point that was seen, and the loss there."""

    angles: NDArray
    loss: float


def minimised(
    optimiser: AnyOptimiser,
    loss: LossAndSlopes,
    start: NDArray,
    *,
    tolerance: float,
    dice: np.random.Generator,
    on_step: OnStep,
    value: Loss | None = None,
) -> Minimum:
    """Steps from `start` until the largest slope is below `tolerance` or the iterations are used up.

    `dice` gives the random directions of SPSA; the others draw nothing from it. `value`: the loss alone,
    where that costs less than with its slopes.
    """
    match optimiser:
        case Lbfgs():
            return _lbfgs(optimiser, loss, start, tolerance, on_step)
        case Adam():
            return _adam(optimiser, loss, start, tolerance, on_step)
        case Spsa():
            return _spsa(optimiser, value or (lambda angles: loss(angles)[0]), start, dice, on_step)


def _lbfgs(
    optimiser: Lbfgs, loss: LossAndSlopes, start: NDArray, tolerance: float, on_step: OnStep
) -> Minimum:
    step = 0

    def told(intermediate_result: OptimizeResult) -> None:
        nonlocal step
        step += 1
        on_step(step, float(intermediate_result.fun))

    options: Any = {"maxiter": optimiser.iterations, "gtol": tolerance, "ftol": 1e-15, "maxfun": 10**6}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", callback=told, options=options)
    return Minimum(np.asarray(found.x, dtype=np.float64), float(found.fun))


def _adam(optimiser: Adam, loss: LossAndSlopes, start: NDArray, tolerance: float, on_step: OnStep) -> Minimum:
    angles, mean, square = start.copy(), np.zeros_like(start), np.zeros_like(start)
    value, slopes = loss(angles)
    best = Minimum(angles.copy(), value)
    for step in range(1, optimiser.iterations + 1):
        if np.abs(slopes).max(initial=0.0) <= tolerance:
            break
        mean = DECAYS[0] * mean + (1 - DECAYS[0]) * slopes
        square = DECAYS[1] * square + (1 - DECAYS[1]) * slopes**2
        unbiased = mean / (1 - DECAYS[0] ** step), square / (1 - DECAYS[1] ** step)
        angles = angles - optimiser.step * unbiased[0] / (np.sqrt(unbiased[1]) + ADAM_SAFEGUARD)
        value, slopes = loss(angles)
        if value < best.loss:
            best = Minimum(angles.copy(), value)
        on_step(step, value)
    return best


def _spsa(optimiser: Spsa, loss: Loss, start: NDArray, dice: np.random.Generator, on_step: OnStep) -> Minimum:
    """The first change of an angle is scaled to `step`, whatever the size of the loss."""
    angles = start.copy()
    stability = STABILITY_SHARE * optimiser.iterations
    gain = 0.0
    for step in range(1, optimiser.iterations + 1):
        probe = optimiser.probe / step**PROBE_POWER
        direction = dice.choice((-1.0, 1.0), size=len(angles))
        slope = (loss(angles + probe * direction) - loss(angles - probe * direction)) / (2 * probe)
        if gain == 0.0:
            gain = optimiser.step * (stability + 1) ** GAIN_POWER / max(abs(slope), ADAM_SAFEGUARD)
        change = gain / (stability + step) ** GAIN_POWER * slope
        angles = angles - np.clip(change, -optimiser.step, optimiser.step) * direction
        on_step(step, loss(angles))
    return Minimum(angles, loss(angles))
