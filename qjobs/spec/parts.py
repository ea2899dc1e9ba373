"""The parts of a job spec: which data, how it is split and prepared, which method, what it may cost."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.values import (
    Address,
    BigUint,
    CellText,
    CidText,
    ColumnName,
    ColumnNames,
    Grid,
    Seed,
    is_none,
)

MAX_QUBITS = 20
"""The largest state that the engine takes: 2**20 amplitudes are 16 MiB."""


MAX_CLASSES = 20
"""190 pairs of classes, each with a machine of its own."""


class Part(BaseModel):
    """Base of everything in a spec: frozen, nothing extra, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Columns(Part):
    """Which columns of a dataset are read, by the names in its header."""

    features: Annotated[ColumnNames, Field(min_length=1, max_length=4096)]
    label: ColumnName
    positive_label: CellText

    @model_validator(mode="after")
    def _label_is_no_feature(self) -> "Columns":
        _refuse_leak(self.label, self.features)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.features, self.label)


class TargetColumns(Part):
    """Which columns are read where the label is a number to predict."""

    features: Annotated[ColumnNames, Field(min_length=1, max_length=4096)]
    label: ColumnName

    @model_validator(mode="after")
    def _label_is_no_feature(self) -> "TargetColumns":
        _refuse_leak(self.label, self.features)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.features, self.label)


class ClassColumns(Part):
    """Which columns are read where the label names one of several classes; of equal scores the first wins."""

    features: Annotated[ColumnNames, Field(min_length=1, max_length=4096)]
    label: ColumnName
    classes: Annotated[tuple[CellText, ...], Field(min_length=2, max_length=MAX_CLASSES)]

    @model_validator(mode="after")
    def _classes_are_told_apart(self) -> "ClassColumns":
        _refuse_leak(self.label, self.features)
        if len(set(self.classes)) != len(self.classes):
            raise PydanticCustomError("twice", "names a class twice")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.features, self.label)


class EdgeColumns(Part):
    """Which columns of a list of edges name their ends; without `weight` every edge weighs 1."""

    source: ColumnName
    target: ColumnName
    weight: ColumnName | None = None

    @model_validator(mode="after")
    def _each_once(self) -> "EdgeColumns":
        if len(set(self.names)) != len(self.names):
            raise PydanticCustomError("twice", "names a column twice")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        ends = (self.source, self.target)
        return ends if self.weight is None else (*ends, self.weight)


class TermColumns(Part):
    """Which columns of a list of Pauli strings hold string and coefficient: "ZZI" acts with I on qubit 0."""

    pauli: ColumnName
    coefficient: ColumnName

    @model_validator(mode="after")
    def _two(self) -> "TermColumns":
        if self.pauli == self.coefficient:
            raise PydanticCustomError("twice", "names a column twice")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return (self.pauli, self.coefficient)


def _kind_of_label(columns: Any) -> str:
    names = columns if isinstance(columns, dict) else vars(columns)
    return "class" if "positive_label" in names else "number"


def _kind_of_any_label(columns: Any) -> str:
    names = columns if isinstance(columns, dict) else vars(columns)
    return "classes" if "classes" in names else _kind_of_label(columns)


LabelColumns = Annotated[
    Annotated[Columns, Tag("class")] | Annotated[TargetColumns, Tag("number")], Discriminator(_kind_of_label)
]
AnyLabelColumns = Annotated[
    Annotated[Columns, Tag("class")]
    | Annotated[TargetColumns, Tag("number")]
    | Annotated[ClassColumns, Tag("classes")],
    Discriminator(_kind_of_any_label),
]
LABELS = ("class", "number", "classes")


class FeatureColumns(Part):
    """Which columns of a table without labels are read."""

    features: Annotated[ColumnNames, Field(min_length=1, max_length=4096)]

    @property
    def names(self) -> tuple[str, ...]:
        return self.features


class DatasetVersion(Part):
    """One version of one dataset token, by number and by content; a kind of job says which columns it
    reads."""

    token_id: BigUint
    version: Annotated[int, Field(ge=1, le=2**32 - 1)]
    content_cid: CidText
    format: Literal["csv", "jsonl", "parquet", "npz"] = "csv"
    columns: Columns | TargetColumns | ClassColumns | EdgeColumns | TermColumns | FeatureColumns


class TableRef(DatasetVersion):
    """A table with features and a label, which names a class, one of several, or is a number."""

    columns: AnyLabelColumns


class LabelledRef(TableRef):
    """A table with features and a label, which names a class or is a number."""

    columns: LabelColumns


class DatasetRef(TableRef):
    """A table with features and a label that names a class."""

    columns: Columns


class GraphRef(DatasetVersion):
    """A table with one edge a row."""

    columns: EdgeColumns


class FeaturesRef(DatasetVersion):
    """A table with features alone."""

    columns: FeatureColumns


class TermsRef(DatasetVersion):
    """A table with one Pauli string a row."""

    columns: TermColumns


class Splits(Part):
    """Repeated stratified train/test splits; every model, quantum or classical, sees the same ones."""

    kind: Literal["stratified-shuffle"] = "stratified-shuffle"
    count: Annotated[int, Field(ge=2, le=50)] = 5
    test_fraction: Annotated[float, Field(ge=0.05, le=0.5)] = 0.2
    seed: Seed = 7


class Preprocessing(Part):
    """Standardise, reduce to as many principal components as qubits, scale to angles; fitted on training rows
    only.

    `angle_low`, `angle_high`: the radians to which the smallest and largest training value of each component
    go. `form`: how that is computed to the last digit, named in what a run posts. `schema_version`: the form
    that members voted for; None in specs from before it, whose results may be of any form.
    """

    form: ClassVar[str] = "qommons/preprocessing/2"

    schema_version: Annotated[Literal["qommons/preprocessing/2"] | None, Field(exclude_if=is_none)] = None
    standardise: Literal[True] = True
    reduction: Literal["pca"] = "pca"
    angle_low: Annotated[float, Field(ge=-6.3, le=6.3)] = -1.0
    angle_high: Annotated[float, Field(ge=-6.3, le=6.3)] = 1.0

    @model_validator(mode="after")
    def _angles_in_order(self) -> "Preprocessing":
        if self.angle_low >= self.angle_high:
            raise PydanticCustomError("angle_range", "angle_low must be below angle_high")
        return self


class Baselines(Part):
    """Classical models tuned at the same budget on the same splits.

    `gamma_grid`: factors on the RBF width 1 / (features x mean variance), scikit-learn's "scale".
    """

    models: Annotated[tuple[Literal["linear", "rbf"], ...], Field(min_length=1, max_length=2)] = (
        "linear",
        "rbf",
    )
    features: Annotated[tuple[Literal["reduced", "all"], ...], Field(min_length=1, max_length=2)] = (
        "reduced",
        "all",
    )
    c_grid: Grid = (0.1, 1.0, 10.0, 100.0)
    gamma_grid: Grid = (0.1, 0.3, 1.0, 3.0, 10.0)

    @model_validator(mode="after")
    def _each_once(self) -> "Baselines":
        for names in (self.models, self.features):
            if len(set(names)) != len(names):
                raise PydanticCustomError("twice", "names a baseline twice")
        return self


class Budget(Part):
    """What the requester pays the executor, in base units of the token."""

    payment_token: Address
    pay_per_task: BigUint


class Limits(Part):
    """Where the run is stopped. `memory_bytes` is for the whole child process, so 1 GiB at least."""

    qubits: Annotated[int, Field(ge=1, le=MAX_QUBITS)] = MAX_QUBITS
    run_seconds: Annotated[int, Field(ge=1, le=7 * 24 * 3600)] = 600
    memory_bytes: Annotated[int, Field(ge=2**30, le=2**40)] = 2**31


def _refuse_leak(label: str, features: tuple[str, ...]) -> None:
    if label in features:
        raise PydanticCustomError("label_leaks", "the label {name} is also a feature", {"name": repr(label)})
