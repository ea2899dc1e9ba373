"""The job spec: one typed, frozen document whose digest is what members vote for."""

from typing import Annotated, Final, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.parts import (
    MAX_QUBITS,
    Baselines,
    Budget,
    DatasetRef,
    Limits,
    Part,
    Preprocessing,
    Qsvm,
    Splits,
    ZzFeatureMap,
)
from qjobs.spec.sizes import bytes_in_words, state_bytes
from qjobs.spec.values import Address, BigUint, ColumnNames, Seed, Title

SPEC_VERSION: Final = "qommons/job-spec/1"


class JobSpec(Part):
    """Everything that decides a job's result, and nothing else.

    `qubits` is also the number of principal components. `group_columns` are read for per-group metrics only
    and never reach a model. The seed drives the inner folds; the splits have their own.
    """

    schema_version: Literal["qommons/job-spec/1"] = SPEC_VERSION
    title: Title = ""
    chain_id: BigUint
    dataset_token: Address
    datasets: Annotated[tuple[DatasetRef, ...], Field(min_length=1, max_length=8)]
    splits: Splits = Splits()
    preprocessing: Preprocessing = Preprocessing()
    qubits: int
    tasks: Literal[1] = 1
    algorithm: Qsvm = Qsvm()
    feature_map: ZzFeatureMap = ZzFeatureMap()
    engine: Literal["statevector"] = "statevector"
    shots: None = None
    noise: None = None
    seed: Seed = 7
    baselines: Baselines = Baselines()
    parent_models: Annotated[tuple[BigUint, ...], Field(max_length=4)] = ()
    group_columns: Annotated[ColumnNames, Field(max_length=8)] = ()
    budget: Budget
    limits: Limits = Limits()

    @field_validator("qubits")
    @classmethod
    def _state_fits(cls, qubits: int) -> int:
        _refuse_above(qubits, MAX_QUBITS)
        if qubits < 2:
            raise PydanticCustomError("too_few_qubits", "the zz feature map entangles at least 2 qubits")
        return qubits

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "JobSpec":
        _refuse_above(self.qubits, self.limits.qubits)
        features = self.datasets[0].columns.features
        if self.qubits > len(features):
            raise PydanticCustomError(
                "too_few_features",
                "{qubits} qubits need {qubits} principal components, the data has {features} features",
                {"qubits": self.qubits, "features": len(features)},
            )
        for dataset in self.datasets[1:]:
            if dataset.columns != self.datasets[0].columns:
                raise PydanticCustomError(
                    "columns_differ", "every dataset of the job must name the same columns"
                )
        for numbers, what in (
            ([each.token_id for each in self.datasets], "dataset"),
            (self.parent_models, "parent"),
        ):
            if len(set(numbers)) != len(numbers):
                raise PydanticCustomError("twice", "names a {what} twice", {"what": what})
        if set(self.group_columns) & {self.datasets[0].columns.label}:
            raise PydanticCustomError("group_is_label", "the label cannot be a group column")
        return self


def _refuse_above(qubits: int, limit: int) -> None:
    if qubits > limit:
        raise PydanticCustomError(
            "too_many_qubits",
            "{qubits} qubits need {memory} for one state; the limit is {limit}",
            {"qubits": qubits, "memory": bytes_in_words(state_bytes(qubits)), "limit": limit},
        )
