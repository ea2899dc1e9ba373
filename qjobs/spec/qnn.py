"""The spec of a job that trains a circuit on the rows of tables."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.boosting import Boosting
from qjobs.spec.document import TableSpec
from qjobs.spec.feature_maps import AngleFeatureMap, Entanglement, FeatureMap
from qjobs.spec.methods import Method
from qjobs.spec.noise import MAX_NOISY_QUBITS, Noise
from qjobs.spec.optimisers import Adam, Iterations, Lbfgs, Spsa, StepSize
from qjobs.spec.parts import Columns, LabelledRef, Part
from qjobs.spec.values import is_none
from qjobs.spec.warm_start import WarmStart

MAX_WEIGHTS = 2000
MAX_MODEL_BYTES = 2**26
CHECK_STEPS = 10
"""Steps of training from one check to the next."""


class NaturalGradient(Part):
    """Gradients measured in the geometry of the states (Stokes et al. 2020, arXiv:1909.02108).

    `damping`: added to the metric's diagonal, so that flat directions move no further than others.
    """

    name: Literal["natural-gradient"] = "natural-gradient"
    iterations: Iterations = 50
    step: StepSize = 0.1
    damping: Annotated[float, Field(gt=0, le=1)] = 0.01


class Layers(Part):
    """The trained part of the circuit: `count` layers, each rotations of every qubit and entangling gates,
    and rotations at the end.

    real-amplitudes: RY and CX. efficient-su2: RY, RZ and CX. strongly-entangling: RZ, RY, RZ and a ring of CX
    that reaches further from layer to layer (Schuld et al. 2020, arXiv:1804.00633); it has no `entanglement`.
    """

    name: Literal["real-amplitudes", "efficient-su2", "strongly-entangling"] = "real-amplitudes"
    count: Annotated[int, Field(ge=1, le=12)] = 2
    entanglement: Entanglement = "circular"


def _name(value: Any) -> Any:
    return value.get("name", "adam") if isinstance(value, dict) else getattr(value, "name", None)


QnnOptimiser = Annotated[
    Annotated[Adam, Tag("adam")]
    | Annotated[Lbfgs, Tag("l-bfgs")]
    | Annotated[Spsa, Tag("spsa")]
    | Annotated[NaturalGradient, Tag("natural-gradient")],
    Discriminator(_name),
]


class Qnn(Method):
    """Variational classifier or regressor: slope x <O> + offset, trained with the angles of the circuit
    (Schuld et al. 2020, arXiv:1804.00633; re-uploading: Perez-Salinas et al. 2020, arXiv:1907.02085).

    `uploads`: whether the features are written once or before every layer. `readout`: O is Z of qubit 0, the
    mean of all Z, or their product. `batch_size` None: all rows at every step. `penalty`: times slope**2.
    `patience` above 0: the first of `inner_folds` folds of the training part is held back, training stops
    after so many checks, one every CHECK_STEPS steps, without a better loss there, and the best weights are
    kept. The baselines are tuned on the same folds.
    """

    name: Literal["qnn"] = "qnn"
    task: Literal["classify", "regress"] = "classify"
    layers: Layers = Layers()
    uploads: Literal["once", "every-layer"] = "every-layer"
    readout: Literal["first", "mean", "product"] = "first"
    optimiser: QnnOptimiser = Adam(iterations=100, step=0.1)
    batch_size: Annotated[int, Field(ge=1, le=4096)] | None = None
    penalty: Annotated[float, Field(ge=0, le=1)] = 0.001
    patience: Annotated[int, Field(ge=0, le=100)] = 0
    inner_folds: Annotated[int, Field(ge=2, le=10)] = 5

    def weights(self, qubits: int) -> int:
        """Trained angles."""
        rotations = {"real-amplitudes": 1, "efficient-su2": 2, "strongly-entangling": 3}
        return (self.layers.count + 1) * rotations[self.layers.name] * qubits


class QnnSpec(TableSpec):
    """`shots` and `noise`: afterwards, what the trained circuit would give measured so often and on such a
    device; None leaves that out. The seed drives starts, batches, SPSA's directions and the inner folds of
    the baselines.

    `warm_start`: training begins with the weights of the one model in `parent_models`; None, which the
    document leaves out, with small random angles. Pre-processing is fitted anew either way.
    """

    datasets: Annotated[tuple[LabelledRef, ...], Field(min_length=1, max_length=8)]
    algorithm: Qnn = Qnn()
    feature_map: FeatureMap = AngleFeatureMap()
    shots: Annotated[int, Field(ge=1, le=100_000)] | None = None
    noise: Noise | None = None
    boosting: Boosting | None = Boosting()
    warm_start: Annotated[WarmStart | None, Field(exclude_if=is_none)] = None

    @property
    def is_compared_warm(self) -> bool:
        """Whether the trainings on the splits begin with the parent's weights too.

        Not where the parent has seen a dataset of this job: it may know rows that are held out.
        """
        if self.warm_start is None:
            return False
        return not {each.token_id for each in self.datasets} & set(self.warm_start.seen_datasets)

    @model_validator(mode="after")
    def _one_parent(self) -> "QnnSpec":
        count = len(self.parent_models)
        if self.warm_start is None and count:
            raise PydanticCustomError("no_start", "parent_models needs warm_start: what the model is made of")
        if self.warm_start is not None and count != 1:
            raise PydanticCustomError(
                "one_parent", "training starts from 1 model; parent_models names {count}", {"count": count}
            )
        return self

    @model_validator(mode="after")
    def _label_fits(self) -> "QnnSpec":
        is_class = isinstance(self.datasets[0].columns, Columns)
        if is_class != (self.algorithm.task == "classify"):
            raise PydanticCustomError(
                "label_kind",
                "to {task}, the columns must {name} a positive_label",
                {"task": self.algorithm.task, "name": "not name" if is_class else "name"},
            )
        return self

    @model_validator(mode="after")
    def _circuit_fits(self) -> "QnnSpec":
        method = self.algorithm
        if method.batch_size is not None and isinstance(method.optimiser, Lbfgs):
            raise PydanticCustomError(
                "no_batches", "l-bfgs needs all rows at every step: batch_size must be null"
            )
        if method.weights(self.qubits) > MAX_WEIGHTS:
            raise PydanticCustomError(
                "too_many_weights",
                "the circuit has {weights} trained angles; the limit is {limit}",
                {"weights": method.weights(self.qubits), "limit": MAX_WEIGHTS},
            )
        if self.noise is not None and self.qubits > MAX_NOISY_QUBITS:
            raise PydanticCustomError(
                "too_many_noisy_qubits",
                "noise on {qubits} qubits needs 4**{qubits} numbers; the limit with noise is {limit} qubits",
                {"qubits": self.qubits, "limit": MAX_NOISY_QUBITS},
            )
        return self
