"""The spec of a job that finds the main directions of the rows of tables in the space of a quantum kernel."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.document import JobSpec
from qjobs.spec.feature_maps import FeatureMap, ZzFeatureMap
from qjobs.spec.methods import Qpca
from qjobs.spec.parts import FeaturesRef, Preprocessing, Splits
from qjobs.spec.sizes import bytes_in_words
from qjobs.spec.values import ColumnNames, Grid, is_empty

MAX_QPCA_QUBITS = 10
MAX_OBSERVABLE_BYTES = 2**25
MAX_PHASE_ESTIMATION_QUBITS = 12
MAX_READ_QUBITS = 6
"""Of a state that is read in every product of bases: 3**6 circuits a row, each with 2**6 outcomes."""


class ReductionSpec(JobSpec):
    """Rows without labels. `qubits` is also the number of classical principal components that are encoded.

    `gamma_grid`: widths of the RBF kernels beside it, as in `Baselines`. The seed drives the inner folds; the
    splits have their own. `group_columns`: as in `TableSpec`; none, which the document leaves out, tell of no
    groups.
    """

    datasets: Annotated[tuple[FeaturesRef, ...], Field(min_length=1, max_length=8)]
    algorithm: Qpca = Qpca()
    shots: None = None
    noise: None = None
    splits: Splits = Splits()
    preprocessing: Preprocessing = Preprocessing()
    feature_map: FeatureMap = ZzFeatureMap()
    gamma_grid: Grid = (0.03, 0.1, 0.3, 1.0, 3.0)
    group_columns: Annotated[ColumnNames, Field(max_length=8, exclude_if=is_empty)] = ()

    @model_validator(mode="after")
    def _columns_fit(self) -> "ReductionSpec":
        columns = self.datasets[0].columns
        if self.qubits < 2 and self.feature_map.name != "angle":
            raise PydanticCustomError(
                "too_few_qubits",
                "the {map} feature map entangles at least 2 qubits",
                {"map": self.feature_map.name},
            )
        if self.qubits > len(columns.features):
            raise PydanticCustomError(
                "too_few_features",
                "{qubits} qubits need {qubits} principal components, the data has {features} features",
                {"qubits": self.qubits, "features": len(columns.features)},
            )
        if any(dataset.columns != columns for dataset in self.datasets):
            raise PydanticCustomError("columns_differ", "every dataset of the job must name the same columns")
        if self.parent_models:
            raise PydanticCustomError("no_parents", "qpca starts from no other model")
        return self

    @model_validator(mode="after")
    def _evaluation_fits(self) -> "ReductionSpec":
        if self.noise_evaluation is not None and self.qubits > MAX_READ_QUBITS:
            raise PydanticCustomError(
                "too_many_read_qubits",
                "the noise evaluation reads a row in 3**{qubits} bases; the limit is {limit} qubits",
                {"qubits": self.qubits, "limit": MAX_READ_QUBITS},
            )
        return self

    @model_validator(mode="after")
    def _observables_fit(self) -> "ReductionSpec":
        method, qubits = self.algorithm, self.qubits
        if qubits > MAX_QPCA_QUBITS:
            raise PydanticCustomError(
                "too_many_qubits",
                "a component on {qubits} qubits has 4**{qubits} numbers; the limit is {limit} qubits",
                {"qubits": qubits, "limit": MAX_QPCA_QUBITS},
            )
        needed = method.components * 16 * 4**qubits
        if needed > MAX_OBSERVABLE_BYTES:
            raise PydanticCustomError(
                "too_many_components",
                "{components} components on {qubits} qubits fill {needed}; the limit is {limit}",
                {
                    "components": method.components,
                    "qubits": qubits,
                    "needed": bytes_in_words(needed),
                    "limit": bytes_in_words(MAX_OBSERVABLE_BYTES),
                },
            )
        if method.phase_qubits and method.phase_qubits + qubits > MAX_PHASE_ESTIMATION_QUBITS:
            raise PydanticCustomError(
                "too_many_phase_qubits",
                "phase estimation on {all} qubits; the limit is {limit}, and 0 phase_qubits leaves it out",
                {"all": method.phase_qubits + qubits, "limit": MAX_PHASE_ESTIMATION_QUBITS},
            )
        return self
