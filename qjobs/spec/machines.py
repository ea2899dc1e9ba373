"""The spec of a job that trains quantum-kernel machines for several classes, for numbers, or for the unusual.

Two classes without `task` are `LearningSpec`, whose documents came first.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.boosting import Boosting
from qjobs.spec.document import TableSpec
from qjobs.spec.methods import Method
from qjobs.spec.parts import ClassColumns, Columns, TargetColumns
from qjobs.spec.values import Grid

MAX_LANDMARKS = 2000

Folds = Annotated[int, Field(ge=2, le=10)]
BandwidthBy = Literal["validation", "alignment"]
Landmarks = Annotated[int, Field(ge=2, le=MAX_LANDMARKS)] | None


class KernelClassifier(Method):
    """One of several classes, by one machine a pair of classes.

    `bandwidth_by`: the bandwidth with the most rows right in the inner folds, or the one whose centred kernel
    is most like the labels' (Cortes, Mohri and Rostamizadeh 2012, arXiv:1203.0550). `is_calibrated`: chances
    of the classes besides (Platt 1999), fitted inside the training part; the class is then the likeliest.
    `landmarks`: the kernel is read against so many rows alone (Williams and Seeger 2001), and slack counts
    squared; None: all rows. `boosting`: trees beside it; None: none.
    """

    name: Literal["qsvm"] = "qsvm"
    task: Literal["classify"]
    c_grid: Grid = (0.1, 1.0, 10.0, 100.0)
    bandwidth_grid: Grid = (0.05, 0.1, 0.2, 0.4, 1.0)
    bandwidth_by: BandwidthBy = "validation"
    inner_folds: Folds = 3
    is_calibrated: bool = False
    landmarks: Landmarks = None
    boosting: Boosting | None = Boosting()

    @property
    def epsilon_grid(self) -> tuple[float, ...]:
        return (0.0,)


class KernelRegressor(Method):
    """A number, by support vector regression: errors below epsilon cost nothing.

    `epsilon_grid`: in standard deviations of the training rows' target. `bandwidth_by`, `landmarks`: as in
    `KernelClassifier`.
    """

    name: Literal["qsvm"] = "qsvm"
    task: Literal["regress"]
    c_grid: Grid = (0.1, 1.0, 10.0, 100.0)
    epsilon_grid: Grid = (0.1, 0.3)
    bandwidth_grid: Grid = (0.05, 0.1, 0.2, 0.4, 1.0)
    bandwidth_by: BandwidthBy = "validation"
    inner_folds: Folds = 3
    landmarks: Landmarks = None
    boosting: Boosting | None = Boosting()

    @property
    def is_calibrated(self) -> bool:
        return False


class KernelDetector(Method):
    """What is unusual, by a one-class machine trained on usual rows alone (Schoelkopf et al. 2001).

    `outlier_share`: nu, the share of usual rows that it may call unusual. The bandwidth is the largest at
    which rows held back agree with that share (Tax and Mueller 2004).
    """

    name: Literal["qsvm"] = "qsvm"
    task: Literal["detect"]
    outlier_share: Annotated[float, Field(ge=0.01, le=0.5)] = 0.1
    bandwidth_grid: Grid = (0.05, 0.1, 0.2, 0.4, 1.0)
    inner_folds: Folds = 3

    @property
    def c_grid(self) -> tuple[float, ...]:
        return (1.0,)

    @property
    def epsilon_grid(self) -> tuple[float, ...]:
        return (0.0,)

    @property
    def is_calibrated(self) -> bool:
        return False

    @property
    def bandwidth_by(self) -> BandwidthBy:
        return "validation"

    @property
    def landmarks(self) -> None:
        return None

    @property
    def boosting(self) -> None:
        return None


def _task(value: Any) -> Any:
    return value.get("task") if isinstance(value, dict) else getattr(value, "task", None)


KernelMachine = KernelClassifier | KernelRegressor | KernelDetector
TASKS = ("classify", "regress", "detect")
LEAST_EVALUATED_ROWS = {"classify": 1, "regress": 2, "detect": 2}
"""Of which a score can be told: numbers are compared with their mean, the unusual with the usual."""

COLUMNS_OF = {"classify": ClassColumns, "regress": TargetColumns, "detect": Columns}
LABEL_WORDS = {
    "classify": "to classify, the columns must name their classes",
    "regress": "to regress, the columns must name neither classes nor a positive_label",
    "detect": "to detect, the columns must name the unusual rows' label as positive_label",
}


class MachineSpec(TableSpec):
    """The seed drives the inner folds and the landmarks. Of `baselines.models`, "linear" is a linear support
    vector machine, ridge regression (regress) or a Gaussian (detect); "rbf" the same machine on an RBF
    kernel."""

    algorithm: Annotated[
        Annotated[KernelClassifier, Tag("classify")]
        | Annotated[KernelRegressor, Tag("regress")]
        | Annotated[KernelDetector, Tag("detect")],
        Discriminator(
            _task,
            custom_error_type="unknown_task",
            custom_error_message="the task is none of classify, regress, detect",
        ),
    ]
    shots: None = None
    noise: None = None

    @model_validator(mode="after")
    def _label_fits(self) -> "MachineSpec":
        task = self.algorithm.task
        if not isinstance(self.datasets[0].columns, COLUMNS_OF[task]):
            raise PydanticCustomError("label_kind", "{words}", {"words": LABEL_WORDS[task]})
        if self.parent_models:
            raise PydanticCustomError("no_parents", "qsvm starts from no other model")
        return self

    @model_validator(mode="after")
    def _evaluation_can_be_scored(self) -> "MachineSpec":
        task, evaluation = self.algorithm.task, self.noise_evaluation
        if evaluation is not None and evaluation.rows < LEAST_EVALUATED_ROWS[task]:
            raise PydanticCustomError(
                "too_few_evaluated_rows",
                "to {task}, a score needs at least {least} rows; noise_evaluation has {rows}",
                {"task": task, "least": LEAST_EVALUATED_ROWS[task], "rows": evaluation.rows},
            )
        return self
