"""From the outputs of single machines to what is said of a row: classes by votes or by chances, or a number.

One machine a pair of classes: each is the two-class machine with its own certificate, sees the rows of its
two classes alone, and so stays small and balanced, where one a class would set it against all the others.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit


def pairs_of(classes: int) -> tuple[tuple[int, int], ...]:
    """(first, second) of each machine, in order; its output is above 0 for the first."""
    return tuple(combinations(range(classes), 2))


def votes(outputs: NDArray, classes: int) -> NDArray:
    """Scores (m, classes) from outputs (m, pairs): wins against the other classes, and below 1/3 for how
    clearly, which decides among equals."""
    return _leaning(outputs, classes, 0.0)


def could_turn(outputs: NDArray, classes: int, margin: float) -> NDArray:
    """Which rows, (m,) bool, votes could name otherwise, were each output (m, pairs) moved by `margin` at
    most: those in which some class, favoured by all its machines, reaches the winner that is favoured by
    none."""
    rows, said = np.arange(len(outputs)), votes(outputs, classes).argmax(axis=1)
    lowest, highest = (_leaning(outputs, classes, lean) for lean in (-margin, margin))
    highest[rows, said] = -np.inf
    turned: NDArray = highest.max(axis=1) >= lowest[rows, said]
    return turned


def _leaning(outputs: NDArray, classes: int, lean: float) -> NDArray:
    """Votes (m, classes), of each class were all its machines to lean so far to its side."""
    wins, clear = np.zeros((2, len(outputs), classes))
    for column, (first, second) in zip(outputs.T, pairs_of(classes), strict=True):
        wins[:, first] += column + lean > 0
        wins[:, second] += column - lean <= 0
        clear[:, first] += column + lean
        clear[:, second] += lean - column
    scores: NDArray = wins + clear / (3 * (np.abs(clear) + 1))
    return scores


def chances(outputs: NDArray, sigmoids: NDArray, classes: int) -> NDArray:
    """Chances (m, classes), each row's sum 1, from outputs (m, pairs) and slope and offset of each pair's
    sigmoid, (pairs, 2).

    The chances that come nearest to those of all pairs: Wu, Lin and Weng 2004, JMLR 5, 975-1005, eq. 21.
    """
    shares = expit(outputs * sigmoids[:, 0] + sigmoids[:, 1])
    system = np.zeros((len(outputs), classes + 1, classes + 1))
    system[:, :classes, classes] = system[:, classes, :classes] = 1.0
    for share, (first, second) in zip(shares.T, pairs_of(classes), strict=True):
        system[:, first, first] += (1 - share) ** 2
        system[:, second, second] += share**2
        system[:, first, second] = system[:, second, first] = -share * (1 - share)
    target = np.zeros((classes + 1, 1))
    target[classes] = 1.0
    # A share of exactly 1 leaves nothing of the other class: no other entry may then be singular with it.
    system[:, np.arange(classes), np.arange(classes)] += 1e-12
    found = np.linalg.solve(system, np.broadcast_to(target, (len(outputs), classes + 1, 1)))
    positive = np.clip(found[:, :classes, 0], 0.0, 1.0)
    shared: NDArray = positive / positive.sum(axis=1, keepdims=True)
    return shared
