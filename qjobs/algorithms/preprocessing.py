"""Standardise, principal components, angles: fitted on training rows, applied to any row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import ModelRefused

SCHEMA = "qommons/preprocessing/1"
ARRAYS = ("mean", "scale", "components", "low", "high")


@dataclass(frozen=True)
class Standardiser:
    """(x - mean) / scale a column; a column that is constant in the training part keeps scale 1."""

    mean: NDArray
    scale: NDArray

    @classmethod
    def fitted(cls, features: NDArray) -> "Standardiser":
        scale = features.std(axis=0)
        return cls(features.mean(axis=0), np.where(scale > 0, scale, 1.0))

    def apply(self, features: NDArray) -> NDArray:
        return (features - self.mean) / self.scale


@dataclass(frozen=True)
class Reduction:
    """Standardised rows to principal components to angles.

    components: (d, q), orthonormal columns by falling variance, the largest entry of each positive, so that a
    component has one sign on every machine. low, high: (q,) the training range that goes to
    [angle_low, angle_high]; rows outside it go beyond, nothing is clipped.
    """

    standardiser: Standardiser
    components: NDArray
    low: NDArray
    high: NDArray
    angle_low: float
    angle_high: float

    @classmethod
    def fitted(cls, features: NDArray, count: int, angle_low: float, angle_high: float) -> "Reduction":
        """Fits to features (n, d); gives `count` coordinates."""
        standardiser = Standardiser.fitted(features)
        standard = standardiser.apply(features)
        _, vectors = np.linalg.eigh(standard.T @ standard)
        components = vectors[:, ::-1][:, :count]
        largest = components[np.abs(components).argmax(axis=0), np.arange(components.shape[1])]
        components = components * np.sign(largest)
        scores = standard @ components
        return cls(standardiser, components, scores.min(axis=0), scores.max(axis=0), angle_low, angle_high)

    def apply(self, features: NDArray) -> NDArray:
        """(n, d) features -> (n, q) angles in radians, before the bandwidth."""
        scores = self.standardiser.apply(features) @ self.components
        width = np.where(self.high > self.low, self.high - self.low, 1.0)
        return self.angle_low + (scores - self.low) / width * (self.angle_high - self.angle_low)

    def as_json(self, feature_names: tuple[str, ...]) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
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
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise ModelRefused(f"the pre-processing is no {SCHEMA} document")
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
        return cls(Standardiser(mean, scale), components, low, high, angle_low, angle_high)
