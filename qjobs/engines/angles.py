"""Gate angles as functions of the parameters, evaluated for a whole batch at once.

Qiskit evaluates a `ParameterExpression` one binding at a time. The angles of feature maps are polynomials of
degree two at most, so each expression is interpolated once at a few points, checked at others, and from then
on the batch costs one matrix product. An expression that is no such polynomial is bound row by row: slow and
exact.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Parameter, ParameterExpression

CHECK_POINTS = 3
CHECK_TOLERANCE = 1e-12
CHECK_SEED = 20260

Monomial = tuple[int, ...]
"""Indices of the parameters that are multiplied; () is the constant 1."""


class AngleTable:
    """Collects angle expressions while a circuit is compiled; `values` then gives (n, angles)."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self._index = {parameter: index for index, parameter in enumerate(parameters)}
        self._numbers: dict[ParameterExpression, int] = {}
        self._polynomials: list[dict[Monomial, float] | None] = []
        self._expressions: list[ParameterExpression] = []

    def __len__(self) -> int:
        return len(self._expressions)

    def number_of(self, expression: ParameterExpression) -> int:
        """The column of this expression in `values`; equal expressions share one."""
        if expression not in self._numbers:
            self._numbers[expression] = len(self._expressions)
            self._expressions.append(expression)
            self._polynomials.append(self._as_polynomial(expression))
        return self._numbers[expression]

    def values(self, rows: NDArray) -> NDArray:
        """Angles in radians, (n, angles) float64, for parameter rows (n, parameters)."""
        monomials = sorted({each for terms in self._polynomials if terms for each in terms})
        basis = np.empty((len(rows), len(monomials)))
        for column, monomial in enumerate(monomials):
            basis[:, column] = np.prod(rows[:, list(monomial)], axis=1) if monomial else 1.0
        coefficients = np.zeros((len(monomials), len(self)))
        for angle, terms in enumerate(self._polynomials):
            for monomial, coefficient in (terms or {}).items():
                coefficients[monomials.index(monomial), angle] = coefficient
        angles = basis @ coefficients
        for angle, terms in enumerate(self._polynomials):
            if terms is None:
                angles[:, angle] = [self._bound(self._expressions[angle], row) for row in rows]
        return angles

    def _bound(self, expression: ParameterExpression, point: NDArray) -> float:
        values = {parameter: float(point[self._index[parameter]]) for parameter in expression.parameters}
        return float(expression.bind(values).numeric())

    def _as_polynomial(self, expression: ParameterExpression) -> dict[Monomial, float] | None:
        used = sorted(self._index[parameter] for parameter in expression.parameters)
        terms = self._interpolated(expression, used)
        points = np.random.default_rng(CHECK_SEED).uniform(0.5, 3.0, (CHECK_POINTS, len(self._index)))
        for point in points:
            exact = self._bound(expression, point)
            near = sum(factor * float(np.prod(point[list(monomial)])) for monomial, factor in terms.items())
            if abs(exact - near) > CHECK_TOLERANCE * max(1.0, abs(exact)):
                return None
        return terms

    def _interpolated(self, expression: ParameterExpression, used: list[int]) -> dict[Monomial, float]:
        def at(*ones: int) -> float:
            point = np.zeros(len(self._index))
            for index in ones:
                point[index] += 1.0
            return self._bound(expression, point)

        constant = at()
        terms: dict[Monomial, float] = {(): constant}
        for index in used:
            once, twice = at(index) - constant, at(index, index) - constant
            terms[(index, index)] = (twice - 2 * once) / 2
            terms[(index,)] = once - terms[(index, index)]
        for first, second in combinations_with_replacement(used, 2):
            if first != second:
                terms[(first, second)] = at(first, second) - at(first) - at(second) + constant
        return {monomial: factor for monomial, factor in terms.items() if abs(factor) > 1e-13}
