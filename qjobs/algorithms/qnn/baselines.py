"""Classical models on the same splits: support vector machines or kernel ridge, and boosted trees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

from qjobs.algorithms.kernels import KernelFamily, baseline_families, fitted_coordinates
from qjobs.algorithms.preprocessing import for_trees
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.selection import choose, fit
from qjobs.algorithms.splits import Split, inner_folds
from qjobs.spec import QnnSpec


@dataclass(frozen=True)
class Rows:
    """features: (n, d); target: (n,), +1 and -1 or numbers; upper: (n,) bool, which stratifies folds."""

    features: NDArray
    target: NDArray
    upper: NDArray

    def part(self, rows: NDArray) -> "Rows":
        return Rows(self.features[rows], self.target[rows], self.upper[rows])


Answers = Callable[[NDArray], NDArray]
"""Features (m, d) to margins or numbers (m,)."""

Baseline = Callable[[Rows, Watch], Answers]
"""Tunes and fits itself on training rows."""


def baselines(spec: QnnSpec) -> Mapping[str, Baseline]:
    """By the names in the metrics: "linear_reduced", "rbf_all", "boosting_all" and so on."""
    machine = _classifier if spec.algorithm.task == "classify" else _ridge
    found: dict[str, Baseline] = {
        name: machine(spec, family) for name, family in baseline_families(spec).items()
    }
    if spec.boosting is not None:
        found |= {
            f"boosting_{features}": _boosting(spec, on_reduced=features == "reduced")
            for features in spec.baselines.features
        }
    return found


def _classifier(spec: QnnSpec, family: KernelFamily) -> Baseline:
    def fitted(rows: Rows, watch: Watch) -> Answers:
        folds = spec.algorithm.inner_folds
        chosen = choose(family, rows.features, rows.target > 0, folds=folds, seed=spec.seed, watch=watch)
        return fit(family, rows.features, rows.target > 0, chosen).decision

    return fitted


def _ridge(spec: QnnSpec, family: KernelFamily) -> Baseline:
    """Kernel ridge regression: (K + 1/C) a = target - mean."""

    def fitted(rows: Rows, watch: Watch) -> Answers:
        errors = np.zeros((len(family.c_grid), len(family.widths)))
        for fold in _folds(spec, rows):
            watch.check()
            train, test = rows.part(fold.train), rows.part(fold.test)
            kernel = family.fitted(train.features)
            for column, width in enumerate(family.widths):
                gram, cross = kernel.square(width), kernel.cross(test.features, width)
                for row, c in enumerate(family.c_grid):
                    answers = cross @ _ridge_weights(gram, train.target, c) + train.target.mean()
                    errors[row, column] += float(((answers - test.target) ** 2).sum())
        row, column = divmod(int(errors.argmin()), errors.shape[1])
        width, kernel = family.widths[column], family.fitted(rows.features)
        weights = _ridge_weights(kernel.square(width), rows.target, family.c_grid[row])
        return lambda features: kernel.cross(features, width) @ weights + rows.target.mean()

    return fitted


def _ridge_weights(gram: NDArray, target: NDArray, c: float) -> NDArray:
    return np.linalg.solve(gram + np.eye(len(gram)) / c, target - target.mean())


def _boosting(spec: QnnSpec, *, on_reduced: bool) -> Baseline:
    """Gradient-boosted trees (Friedman 2001, Annals of Statistics 29, 1189-1232); ties to the least depth."""

    def fitted(rows: Rows, watch: Watch) -> Answers:
        depths: Sequence[int] = () if spec.boosting is None else spec.boosting.depths
        losses = []
        for depth in depths:
            watch.check()
            losses.append(sum(_loss(spec, rows, fold, depth, on_reduced) for fold in _folds(spec, rows)))
        return _grown(spec, rows, depths[int(np.argmin(losses))], on_reduced)

    return fitted


def _loss(spec: QnnSpec, rows: Rows, fold: Split, depth: int, on_reduced: bool) -> float:
    """Rows labelled wrongly, or squared errors, in the fold's test part."""
    test = rows.part(fold.test)
    answers = _grown(spec, rows.part(fold.train), depth, on_reduced)(test.features)
    if spec.algorithm.task == "classify":
        return int(((answers > 0) != (test.target > 0)).sum())
    return float(((answers - test.target) ** 2).sum())


def _grown(spec: QnnSpec, rows: Rows, depth: int, on_reduced: bool) -> Answers:
    coordinates = fitted_coordinates(spec, rows.features, on_reduced=on_reduced)
    trees = 0 if spec.boosting is None else spec.boosting.trees
    if spec.algorithm.task == "classify":
        classifier = GradientBoostingClassifier(max_depth=depth, n_estimators=trees, random_state=0)
        classifier.fit(for_trees(coordinates.apply(rows.features)), rows.target > 0)
        return lambda features: np.asarray(
            classifier.decision_function(for_trees(coordinates.apply(features)))
        )
    regressor = GradientBoostingRegressor(max_depth=depth, n_estimators=trees, random_state=0)
    regressor.fit(for_trees(coordinates.apply(rows.features)), rows.target)
    return lambda features: np.asarray(regressor.predict(for_trees(coordinates.apply(features))))


def _folds(spec: QnnSpec, rows: Rows) -> tuple[Split, ...]:
    return inner_folds(rows.upper, spec.algorithm.inner_folds, spec.seed)
