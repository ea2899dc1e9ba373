"""Standardise, principal components, angles: fitted on training rows, applied to any row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from common.strict_json import NotJson, strict_loads
from qjobs.algorithms.axes import principal_axes
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.result import PREPROCESSING_FILE
from qjobs.spec import JobSpec, LearningSpec, MachineSpec, QnnSpec, ReductionSpec, TableSpec
from qjobs.spec.parts import Preprocessing

NO_SCALE = 1e-36
"""Numbers that deviate less in a part of the rows are constant there."""

TREE_RANGE = 1e30
ARRAYS = ("mean", "scale", "components", "low", "high")


class FirstPreprocessing(Preprocessing):
    """As results were computed at first: directions without any spread became angles made of rounding."""

    form: ClassVar[str] = "qommons/preprocessing/1"


FORMS = {each.form: each for each in (FirstPreprocessing, Preprocessing)}
"""Every form that a result may have been posted in; a new result is in the last one."""

SpecT = TypeVar("SpecT", LearningSpec, MachineSpec, QnnSpec, ReductionSpec)


def leaves_form_open(spec: JobSpec) -> bool:
    """Whether only what a run posts can say in which form it pre-processed: the spec is from before it named
    one."""
    return isinstance(spec, TableSpec | ReductionSpec) and spec.preprocessing.schema_version is None


def in_posted_form(spec: SpecT, files: Mapping[str, bytes]) -> SpecT:
    """The spec, to be computed in the form that it names; where it names none in that of posted files, or in
    the newest where they say none that is known."""
    if not leaves_form_open(spec):
        return spec
    try:
        posted = strict_loads(files.get(PREPROCESSING_FILE, b""))
    except NotJson:
        return spec
    document = posted.get("reduction", posted) if isinstance(posted, dict) else None
    named = document.get("schema") if isinstance(document, dict) else None
    kind = FORMS.get(named, Preprocessing) if isinstance(named, str) else Preprocessing
    return spec.model_copy(update={"preprocessing": kind(**spec.preprocessing.model_dump())})


@dataclass(frozen=True)
class Standardiser:
    """(x - mean) / scale a column; a column that is constant in the training part keeps scale 1."""

    mean: NDArray
    scale: NDArray

    @classmethod
    def fitted(cls, features: NDArray, form: str = Preprocessing.form) -> "Standardiser":
        mean, scale = features.mean(axis=0), features.std(axis=0)
        if form != FirstPreprocessing.form:
            # The mean of equal numbers may be another number: their deviation is then rounding.
            is_constant = are_alike(features)
            mean, scale = np.where(is_constant, features[0], mean), np.where(is_constant, 0.0, scale)
        return cls(mean, np.where(scale > 0, scale, 1.0))

    def apply(self, features: NDArray) -> NDArray:
        return (features - self.mean) / self.scale


@dataclass(frozen=True)
class Reduction:
    """Standardised rows to principal components to angles.

    components: (d, q), orthonormal columns by falling variance, the largest entry of each positive, so that a
    component has one sign on every machine; 0 where the rows do not spread, whose angle is then angle_low.
    low, high: (q,) the training range that goes to [angle_low, angle_high]; rows outside it go beyond,
    nothing is clipped.
    """

    standardiser: Standardiser
    components: NDArray
    low: NDArray
    high: NDArray
    angle_low: float
    angle_high: float
    form: str = Preprocessing.form

    @classmethod
    def fitted(cls, features: NDArray, count: int, wanted: Preprocessing) -> "Reduction":
        """Fits to features (n, d); gives `count` coordinates."""
        standardiser = Standardiser.fitted(features, wanted.form)
        standard = standardiser.apply(features)
        axes = _first_axes if wanted.form == FirstPreprocessing.form else principal_axes
        components = axes(standard, count)
        scores = standard @ components
        low, high = scores.min(axis=0), scores.max(axis=0)
        return cls(standardiser, components, low, high, wanted.angle_low, wanted.angle_high, wanted.form)

    def apply(self, features: NDArray) -> NDArray:
        """(n, d) features -> (n, q) angles in radians, before the bandwidth."""
        scores = self.standardiser.apply(features) @ self.components
        width = np.where(self.high > self.low, self.high - self.low, 1.0)
        return self.angle_low + (scores - self.low) / width * (self.angle_high - self.angle_low)

    def as_json(self, feature_names: tuple[str, ...]) -> dict[str, Any]:
        return {
            "schema": self.form,
            "feature_names": list(feature_names),
            "mean": self.standardiser.mean.tolist(),
            "scale": self.standardiser.scale.tolist(),
            "components": self.components.tolist(),
            "low": self.low.tolist(),
            "high": self.high.tolist(),
            "angle_low": self.angle_low,
            "angle_high": self.angle_high,
        }

    @classmethod
    def from_json(cls, document: Any) -> "Reduction":
        """Reads what `as_json` wrote; raises `ModelRefused` on anything else."""
        form = document.get("schema") if isinstance(document, dict) else None
        if not isinstance(form, str) or form not in FORMS:
            raise ModelRefused(f"the pre-processing is no {Preprocessing.form} document")
        try:
            mean, scale, components, low, high = (
                np.array(document[name], dtype=np.float64) for name in ARRAYS
            )
            angle_low, angle_high = float(document["angle_low"]), float(document["angle_high"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelRefused("the pre-processing lacks numbers") from error
        names = document.get("feature_names")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ModelRefused("the pre-processing names no features")
        features, count = len(names), low.size
        shapes = (mean.shape, scale.shape, components.shape, low.shape, high.shape)
        if shapes != ((features,), (features,), (features, count), (count,), (count,)):
            raise ModelRefused("the arrays of the pre-processing do not fit together")
        return cls(Standardiser(mean, scale), components, low, high, angle_low, angle_high, form)


def are_alike(columns: NDArray) -> NDArray:
    """Whether the numbers of each column (n, d) are one, for all that is computed with them: (d,) bool."""
    alike: NDArray = (np.ptp(columns, axis=0) == 0) | (columns.std(axis=0) < NO_SCALE)
    return alike


def spread_of(numbers: NDArray) -> float:
    """The standard deviation of numbers (n,), by which they are divided; 1 where they are alike."""
    return 1.0 if are_alike(numbers) else float(numbers.std())


def for_trees(points: NDArray) -> NDArray:
    """The same coordinates, as far as single precision holds them: trees read no other, and only compare."""
    return np.clip(points, -TREE_RANGE, TREE_RANGE)


def _first_axes(standard: NDArray, count: int) -> NDArray:
    """Those of the first form."""
    _, vectors = np.linalg.eigh(standard.T @ standard)
    components = vectors[:, ::-1][:, :count]
    largest = components[np.abs(components).argmax(axis=0), np.arange(components.shape[1])]
    signed: NDArray = components * np.sign(largest)
    return signed
