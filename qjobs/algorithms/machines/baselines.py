"""Classical models on the same splits and folds: the same machines on other kernels, and what is simpler.

A model tunes and fits itself on training rows, and then answers features (m, d) as the machine itself does.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor

from qjobs.algorithms.kernels import Coordinates, KernelFamily, baseline_families, fitted_coordinates
from qjobs.algorithms.machines.fitting import Answered, are_close, class_count, fitted, fitting_rows, loss_of
from qjobs.algorithms.machines.rows import Rows
from qjobs.algorithms.preprocessing import for_trees
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.splits import inner_folds
from qjobs.spec import MachineSpec
from qjobs.spec.boosting import Boosting

Answers = Callable[[NDArray], NDArray]
Model = Callable[[Rows, Watch], Callable[[NDArray], Answered]]
Plain = Callable[[Rows, Watch], Answers]

SIMPLE = {"classify": "linear", "regress": "ridge", "detect": "gaussian"}
SHRINKAGE = 1e-3
"""Share of the mean variance that is added to a Gaussian's every direction."""


def baseline_models(spec: MachineSpec) -> Mapping[str, Model]:
    """By the names in the metrics: "ridge_reduced", "rbf_all", "boosting_all" and so on."""
    found: dict[str, Model] = {}
    for name, family in baseline_families(spec).items():
        kind, _, features = name.partition("_")
        if kind == "linear":
            found[f"{SIMPLE[spec.algorithm.task]}_{features}"] = _simple(spec, family, features)
        else:
            found[name] = _machine(spec, family)
    boosting = spec.algorithm.boosting
    if boosting is not None:
        for features in spec.baselines.features:
            boosted = _boosted(spec, boosting, on_reduced=features == "reduced")
            found[f"boosting_{features}"] = _told(spec, boosted)
    return found


def _simple(spec: MachineSpec, family: KernelFamily, features: str) -> Model:
    match spec.algorithm.task:
        case "classify":
            return _machine(spec, family)
        case "regress":
            return _told(spec, _ridge(spec, on_reduced=features == "reduced"))
    return _told(spec, _gaussian(spec, on_reduced=features == "reduced"))


def _machine(spec: MachineSpec, family: KernelFamily) -> Model:
    return lambda rows, watch: fitted(spec, family, rows, watch).answered


def _told(spec: MachineSpec, plain: Plain) -> Model:
    """The model with which of its answers are close."""

    def model(rows: Rows, watch: Watch) -> Callable[[NDArray], Answered]:
        answers = plain(rows, watch)

        def answered(features: NDArray) -> Answered:
            found = answers(features)
            return Answered(found, are_close(spec, found))

        return answered

    return model


def _ridge(spec: MachineSpec, *, on_reduced: bool) -> Plain:
    """Ridge regression, its penalty 1 / C (Hoerl and Kennard 1970)."""

    def solved(rows: Rows, c: float) -> Answers:
        coordinates = fitted_coordinates(spec, rows.features, on_reduced=on_reduced)
        points, middle = coordinates.apply(rows.features), rows.target.mean()
        centre = points.mean(axis=0)
        inner = (points - centre).T @ (points - centre) + np.eye(points.shape[1]) / c
        slopes = np.linalg.solve(inner, (points - centre).T @ (rows.target - middle))
        return lambda features: (coordinates.apply(features) - centre) @ slopes + middle

    return _tuned(spec, spec.baselines.c_grid, solved)


def _gaussian(spec: MachineSpec, *, on_reduced: bool) -> Plain:
    """Mahalanobis distance from the usual rows; its threshold leaves `outlier_share` of them outside."""

    def model(rows: Rows, watch: Watch) -> Answers:
        usual = fitting_rows(spec, rows).features
        coordinates = fitted_coordinates(spec, usual, on_reduced=on_reduced)
        points = coordinates.apply(usual)
        centre, spread = points.mean(axis=0), np.cov(points, rowvar=False).reshape(2 * (points.shape[1],))
        spread = spread + SHRINKAGE * (np.trace(spread) / len(spread) or 1.0) * np.eye(len(spread))

        def distances(features: NDArray) -> NDArray:
            away = coordinates.apply(features) - centre
            found: NDArray = np.sqrt((away * np.linalg.solve(spread, away.T).T).sum(axis=1))
            return found

        share = getattr(spec.algorithm, "outlier_share", 0.0)
        threshold = np.quantile(distances(usual), 1 - share)
        return lambda features: distances(features) - threshold

    return model


def _boosted(spec: MachineSpec, boosting: Boosting, *, on_reduced: bool) -> Plain:
    """Gradient-boosted trees (Friedman 2001, Annals of Statistics 29, 1189-1232)."""

    def solved(rows: Rows, depth: int) -> Answers:
        coordinates = fitted_coordinates(spec, rows.features, on_reduced=on_reduced)
        settings: dict[str, Any] = {"max_depth": depth, "n_estimators": boosting.trees, "random_state": 0}
        if spec.algorithm.task == "classify":
            classifier = GradientBoostingClassifier(**settings)
            classifier.fit(for_trees(coordinates.apply(rows.features)), rows.target)
            return _chances_of(classifier, coordinates, class_count(spec))
        regressor = GradientBoostingRegressor(**settings)
        regressor.fit(for_trees(coordinates.apply(rows.features)), rows.target)
        return lambda features: np.asarray(regressor.predict(for_trees(coordinates.apply(features))))

    return _tuned(spec, boosting.depths, solved)


def _chances_of(classifier: GradientBoostingClassifier, coordinates: Coordinates, classes: int) -> Answers:
    def answers(features: NDArray) -> NDArray:
        points, scores = coordinates.apply(features), np.zeros((len(features), classes))
        scores[:, classifier.classes_.astype(int)] = classifier.predict_proba(for_trees(points))
        return scores

    return answers


def _tuned(spec: MachineSpec, grid: tuple[Any, ...], solved: Callable[[Rows, Any], Answers]) -> Plain:
    """With the value of least loss over the inner folds; of equal ones the first."""

    def losses(rows: Rows, watch: Watch) -> list[float]:
        drawn = inner_folds(rows.strata, spec.algorithm.inner_folds, spec.seed)
        # In a small training part a fold may have no row to be judged by.
        folds = [fold for fold in drawn if len(fold.test)]
        found = []
        for value in grid:
            watch.check()
            found.append(
                sum(
                    loss_of(
                        spec,
                        solved(rows.part(fold.train), value)(rows.features[fold.test]),
                        rows.target[fold.test],
                    )
                    for fold in folds
                )
            )
        return found

    def model(rows: Rows, watch: Watch) -> Answers:
        (place,) = watch.remembered(lambda: (float(np.argmin(losses(rows, watch))),), 1)
        return solved(rows, grid[int(place)])

    return model
