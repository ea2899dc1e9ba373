"""Gate angles as functions of the parameters, evaluated for a whole batch at once.

Qiskit evaluates a `ParameterExpression` one binding at a time. The angles of feature maps are polynomials of
degree two at most, so each expression is interpolated once at a few points, checked at others, and from then
on the batch costs one matrix product. An expression that is no such polynomial is bound row by row: slow and
exact.
"""

from collections.abc import Iterable, Sequence
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
        self._used: list[frozenset[int]] = []
        self._prepared: tuple[list[tuple[int, int]], NDArray] | None = None

    def __len__(self) -> int:
        return len(self._expressions)

    def number_of(self, expression: ParameterExpression) -> int:
        """The column of this expression in `values`; equal expressions share one."""
        if expression not in self._numbers:
            self._numbers[expression] = len(self._expressions)
            self._expressions.append(expression)
            self._used.append(frozenset(self._index[each] for each in expression.parameters))
            self._polynomials.append(self._as_polynomial(expression))
        return self._numbers[expression]

    def values(self, rows: NDArray) -> NDArray:
        """Angles in radians, (n, angles) float64, for parameter rows (n, parameters)."""
        pairs, coefficients = self._coefficients()
        products = [rows[:, first] * rows[:, second] for first, second in pairs]
        angles = np.column_stack([np.ones(len(rows)), rows, *products]) @ coefficients
        for angle, terms in enumerate(self._polynomials):
            if terms is None:
                angles[:, angle] = [self._bound(self._expressions[angle], row) for row in rows]
        return angles

    def parameter_slopes(self, rows: NDArray, slopes: NDArray) -> NDArray:
        """The chain rule: slopes in the angles, (n, angles), to slopes in the parameters, (n, parameters)."""
        count = len(self._index)
        pairs, coefficients = self._coefficients()
        found = slopes @ coefficients[1 : 1 + count].T
        by_pair = slopes @ coefficients[1 + count :].T
        for column, (first, second) in enumerate(pairs):
            found[:, first] += by_pair[:, column] * rows[:, second]
            found[:, second] += by_pair[:, column] * rows[:, first]
        for angle, terms in enumerate(self._polynomials):
            if terms is None:
                self._add_bound_slopes(self._expressions[angle], rows, slopes[:, angle], found)
        return found

    def depends_on(self, columns: Iterable[int]) -> list[bool]:
        """For each angle, whether one of these parameters enters it."""
        wanted = set(columns)
        return [not wanted.isdisjoint(used) for used in self._used]

    def _coefficients(self) -> tuple[list[tuple[int, int]], NDArray]:
        """Pairs of parameters that are multiplied, and (1 + parameters + pairs, angles) coefficients."""
        if self._prepared is not None and self._prepared[1].shape[1] == len(self):
            return self._prepared
        known = [terms or {} for terms in self._polynomials]
        pairs = sorted({(each[0], each[1]) for terms in known for each in terms if len(each) == 2})
        row_of: dict[Monomial, int] = {(): 0}
        row_of |= {(index,): 1 + index for index in range(len(self._index))}
        row_of |= {pair: 1 + len(self._index) + number for number, pair in enumerate(pairs)}
        coefficients = np.zeros((len(row_of), len(self)))
        for angle, terms in enumerate(known):
            for monomial, coefficient in terms.items():
                coefficients[row_of[monomial], angle] = coefficient
        self._prepared = (pairs, coefficients)
        return self._prepared

    def _add_bound_slopes(
        self, expression: ParameterExpression, rows: NDArray, slopes: NDArray, found: NDArray
    ) -> None:
        for parameter in expression.parameters:
            derivative = expression.gradient(parameter)
            for number, row in enumerate(rows):
                found[number, self._index[parameter]] += slopes[number] * self._bound(derivative, row)

    def _bound(self, expression: ParameterExpression | complex, point: NDArray) -> float:
        if not isinstance(expression, ParameterExpression):
            return float(expression.real)
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
