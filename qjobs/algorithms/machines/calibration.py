"""Chances from a machine's outputs, by a sigmoid (Platt 1999).

Fitted by Newton steps to rounding error (Lin, Lin and Weng 2007, Machine Learning 68, 267-276): the problem
is convex, so that its slope is a certificate.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

MAX_STEPS = 100
HALVINGS = 40
SOLVED = 1e-12
FLAT = 1e-12
"""Added to the curvature, which vanishes where all outputs are alike."""


def sigmoid_of(outputs: NDArray, is_first: NDArray) -> NDArray:
    """Slope and offset, (2,): 1 / (1 + exp(-(slope x output + offset))) is the chance of the first class.

    outputs: (n,) on rows that the machine was not fitted on; is_first: (n,) bool. Targets are drawn in a
    little from 0 and 1, as if one more row of each side had been seen.
    """
    wanted = wanted_chances(is_first)
    found = np.array([0.0, float(np.log((is_first.sum() + 1) / ((~is_first).sum() + 1)))])
    design = np.column_stack([outputs, np.ones(len(outputs))])
    for _ in range(MAX_STEPS):
        slope, chance = sigmoid_slope(outputs, is_first, found), expit(design @ found)
        if np.abs(slope).max() < SOLVED * len(outputs):
            break
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + FLAT * np.eye(2)
        step = -np.linalg.solve(curvature, slope)
        before = _loss(design, wanted, found)
        moved = next(
            (
                found + step / 2**halvings
                for halvings in range(HALVINGS)
                if _loss(design, wanted, found + step / 2**halvings) < before
            ),
            None,
        )
        if moved is None:
            break
        found = moved
    return found


def sigmoid_slope(outputs: NDArray, is_first: NDArray, sigmoid: NDArray) -> NDArray:
    """The slope of the loss in slope and offset, (2,): 0 at the optimum."""
    errors = expit(outputs * sigmoid[0] + sigmoid[1]) - wanted_chances(is_first)
    return np.array([errors @ outputs, errors.sum()])


def wanted_chances(is_first: NDArray) -> NDArray:
    first, second = int(is_first.sum()), int((~is_first).sum())
    return np.where(is_first, (first + 1) / (first + 2), 1 / (second + 2))


def _loss(design: NDArray, wanted: NDArray, sigmoid: NDArray) -> float:
    turned = design @ sigmoid
    return float((np.logaddexp(0.0, turned) - wanted * turned).sum())
