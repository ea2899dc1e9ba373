"""The job spec: one typed, frozen document whose digest is what members vote for."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.feature_maps import FeatureMap, ZzFeatureMap
from qjobs.spec.methods import Method, Qsvm
from qjobs.spec.noise import (
    BACKEND_QUBITS,
    MAX_NOISY_QUBITS,
    MAX_SAMPLED_QUBITS,
    AerDevice,
    AnyDevice,
    BackendName,
    Noise,
    NoiseEvaluation,
    RuntimeDevice,
    Shots,
)
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
from qjobs.spec.values import Address, BigUint, ColumnNames, Seed, Title, is_none

SPEC_VERSION: Final = "qommons/job-spec/1"
EXACT_ENGINE: Final = "statevector"


class JobSpec(Part):
    """What every job fixes, whatever it computes; a kind of job adds what else decides its result.

    `noise_evaluation`: what is measured after training; None, which the document leaves out, is nothing.
    """

    measures_in_training: ClassVar[bool] = False
    """Whether it can be trained on what an engine measures; all others need exact states."""

    schema_version: Literal["qommons/job-spec/1"] = SPEC_VERSION
    title: Title = ""
    chain_id: BigUint
    dataset_token: Address
    datasets: Annotated[tuple[DatasetVersion, ...], Field(max_length=8)]
    qubits: int
    tasks: Literal[1] = 1
    algorithm: Method
    engine: Literal["statevector", "aer", "ibm-runtime"] = EXACT_ENGINE
    shots: int | None = None
    noise: Noise | None = None
    noise_evaluation: Annotated[NoiseEvaluation | None, Field(exclude_if=is_none)] = None
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

    @property
    def is_statistical(self) -> bool:
        """Whether a part of the result is drawn by chance, from the seed."""
        return self.engine != EXACT_ENGINE or self.noise_evaluation is not None

    @model_validator(mode="after")
    def _engine_fits(self) -> "JobSpec":
        if self.engine != EXACT_ENGINE and not self.measures_in_training:
            raise PydanticCustomError(
                "engine",
                "{algorithm} is trained on exact states: the engine must be {exact}; {engine} measures the "
                "trained model as the device of noise_evaluation",
                {"algorithm": self.algorithm.name, "exact": EXACT_ENGINE, "engine": self.engine},
            )
        return self

    @model_validator(mode="after")
    def _device_fits(self) -> "JobSpec":
        if self.noise_evaluation is not None:
            refuse_noisy(self.qubits, self.noise_evaluation.device.qubits)
        return self

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
    folds.

    With an engine that measures, every kernel entry of the training is the share of all zeros among `shots`
    measurements, on a device with `noise` (aer; None: without errors) or on the named `backend`
    (ibm-runtime); the seed drives these too.
    """

    measures_in_training: ClassVar[bool] = True

    datasets: Annotated[tuple[DatasetRef, ...], Field(min_length=1, max_length=8)]
    algorithm: Qsvm = Qsvm()
    shots: Shots | None = None
    noise: Noise | None = None
    backend: Annotated[BackendName | None, Field(exclude_if=is_none)] = None

    @property
    def device(self) -> AnyDevice | None:
        """On what kernels are measured; None: exactly computed, or measured without errors."""
        if self.backend is not None:
            return RuntimeDevice(backend=self.backend)
        return None if self.noise is None else AerDevice(noise=self.noise)

    @model_validator(mode="after")
    def _measured_kernel_fits(self) -> "LearningSpec":
        asked = {
            "shots": self.engine != EXACT_ENGINE,
            "backend": self.engine == "ibm-runtime",
        }
        allowed = {**asked, "noise": self.engine == "aer"}
        for name, is_allowed in allowed.items():
            is_given = getattr(self, name) is not None
            if is_given > is_allowed or is_given < asked.get(name, False):
                raise PydanticCustomError(
                    "measured_kernel",
                    "the {engine} engine {wants} {name}",
                    {"engine": self.engine, "wants": "takes no" if is_given else "needs", "name": name},
                )
        if self.engine != EXACT_ENGINE and self.noise_evaluation is not None:
            raise PydanticCustomError("measured_twice", "a kernel that is measured has no noise_evaluation")
        if self.backend is not None:
            refuse_noisy(self.qubits, BACKEND_QUBITS[self.backend])
        elif self.engine == "aer":
            refuse_noisy(self.qubits, MAX_SAMPLED_QUBITS if self.noise is None else MAX_NOISY_QUBITS)
        return self


def refuse_noisy(qubits: int, limit: int) -> None:
    """Refuses what no simulated device holds."""
    if qubits > limit:
        raise PydanticCustomError(
            "too_many_noisy_qubits",
            "{qubits} qubits cannot be measured on this device; its limit is {limit} qubits",
            {"qubits": qubits, "limit": limit},
        )


def _refuse_above(qubits: int, limit: int) -> None:
    if qubits > limit:
        raise PydanticCustomError(
            "too_many_qubits",
            "{qubits} qubits need {memory} for one state; the limit is {limit}",
            {"qubits": qubits, "memory": bytes_in_words(state_bytes(qubits)), "limit": limit},
        )
