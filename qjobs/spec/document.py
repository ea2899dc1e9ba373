"""The job spec: one typed, frozen document whose digest is what members vote for."""

from typing import Annotated, Final, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.feature_maps import FeatureMap, ZzFeatureMap
from qjobs.spec.methods import Method, Qsvm
from qjobs.spec.noise import Noise
from qjobs.spec.parts import (
    MAX_QUBITS,
    Baselines,
    Budget,
    DatasetRef,
    DatasetVersion,
    Limits,
    Part,
    Preprocessing,
    Splits,
    TableRef,
)
from qjobs.spec.sizes import bytes_in_words, state_bytes
from qjobs.spec.values import Address, BigUint, ColumnNames, Seed, Title

SPEC_VERSION: Final = "qommons/job-spec/1"


class JobSpec(Part):
    """What every job fixes, whatever it computes; a kind of job adds what else decides its result."""

    schema_version: Literal["qommons/job-spec/1"] = SPEC_VERSION
    title: Title = ""
    chain_id: BigUint
    dataset_token: Address
    datasets: Annotated[tuple[DatasetVersion, ...], Field(max_length=8)]
    qubits: int
    tasks: Literal[1] = 1
    algorithm: Method
    engine: Literal["statevector"] = "statevector"
    shots: int | None = None
    noise: Noise | None = None
    seed: Seed = 7
    parent_models: Annotated[tuple[BigUint, ...], Field(max_length=4)] = ()
    budget: Budget
    limits: Limits = Limits()

    @field_validator("qubits")
    @classmethod
    def _state_fits(cls, qubits: int) -> int:
        _refuse_above(qubits, MAX_QUBITS)
        if qubits < 1:
            raise PydanticCustomError("too_few_qubits", "a circuit needs at least 1 qubit")
        return qubits

    @model_validator(mode="after")
    def _fits_its_limits(self) -> "JobSpec":
        _refuse_above(self.qubits, self.limits.qubits)
        for numbers, what in (
            ([each.token_id for each in self.datasets], "dataset"),
            (self.parent_models, "parent"),
        ):
            if len(set(numbers)) != len(numbers):
                raise PydanticCustomError("twice", "names a {what} twice", {"what": what})
        return self


class TableSpec(JobSpec):
    """A job that learns from the rows of tables.

    `qubits` is also the number of principal components. `group_columns` are read for per-group metrics only
    and never reach a model. The splits have a seed of their own.
    """

    datasets: Annotated[tuple[TableRef, ...], Field(min_length=1, max_length=8)]
    splits: Splits = Splits()
    preprocessing: Preprocessing = Preprocessing()
    feature_map: FeatureMap = ZzFeatureMap()
    baselines: Baselines = Baselines()
    group_columns: Annotated[ColumnNames, Field(max_length=8)] = ()

    @model_validator(mode="after")
    def _columns_fit(self) -> "TableSpec":
        if self.qubits < 2 and self.feature_map.name != "angle":
            raise PydanticCustomError(
                "too_few_qubits",
                "the {map} feature map entangles at least 2 qubits",
                {"map": self.feature_map.name},
            )
        columns = self.datasets[0].columns
        if self.qubits > len(columns.features):
            raise PydanticCustomError(
                "too_few_features",
                "{qubits} qubits need {qubits} principal components, the data has {features} features",
                {"qubits": self.qubits, "features": len(columns.features)},
            )
        for dataset in self.datasets[1:]:
            if dataset.columns != columns:
                raise PydanticCustomError(
                    "columns_differ", "every dataset of the job must name the same columns"
                )
        if set(self.group_columns) & {columns.label}:
            raise PydanticCustomError("group_is_label", "the label cannot be a group column")
        return self


class LearningSpec(TableSpec):
    """A job that tells rows with one label from the others by a quantum kernel. The seed drives the inner
    folds."""

    datasets: Annotated[tuple[DatasetRef, ...], Field(min_length=1, max_length=8)]
    algorithm: Qsvm = Qsvm()
    shots: None = None
    noise: None = None


def _refuse_above(qubits: int, limit: int) -> None:
    if qubits > limit:
        raise PydanticCustomError(
            "too_many_qubits",
            "{qubits} qubits need {memory} for one state; the limit is {limit}",
            {"qubits": qubits, "memory": bytes_in_words(state_bytes(qubits)), "limit": limit},
        )
