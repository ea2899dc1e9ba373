"""The spec of a job that chooses bits under constraints."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.document import JobSpec
from qjobs.spec.methods import QaoaMethod
from qjobs.spec.noise import MAX_NOISY_QUBITS, Noise
from qjobs.spec.parts import DatasetVersion, EdgeColumns, FeatureColumns
from qjobs.spec.problems import ChannelAssignment, Portfolio, Problem, VertexCover

EDGES, ASSETS = "edges", "assets"
COLUMN_KINDS = (EDGES, ASSETS)


def _kind_of_columns(columns: Any) -> str:
    names = columns if isinstance(columns, dict) else vars(columns)
    return ASSETS if "features" in names else EDGES


class QuboRef(DatasetVersion):
    """A table with one edge a row, or with one period a row and one asset a column."""

    columns: Annotated[
        Annotated[EdgeColumns, Tag(EDGES)] | Annotated[FeatureColumns, Tag(ASSETS)],
        Discriminator(_kind_of_columns),
    ]


class QuboQaoa(QaoaMethod):
    """QAOA on the problem with its constraints as a penalty.

    `penalty`: in units of the bound above which no choice that breaks a constraint is the best one.
    `seeds`: how often all of it is repeated, training and classical answers, for intervals.
    """

    problem: Problem
    penalty: Annotated[float, Field(gt=1, le=10)] = 1.2
    seeds: Annotated[int, Field(ge=2, le=20)] = 5


class QuboSpec(JobSpec):
    """The answer is the best of `shots` measurements of the circuit, over all seeds.

    `noise`: afterwards, what the same circuit would give on such a device; None leaves that out. The seed is
    the first of the method's `seeds`, which follow each other.
    """

    datasets: Annotated[tuple[QuboRef, ...], Field(min_length=1, max_length=1)]
    algorithm: QuboQaoa
    shots: Annotated[int, Field(ge=1, le=100_000)] = 1024
    noise: Noise | None = None

    @model_validator(mode="after")
    def _columns_fit(self) -> "QuboSpec":
        problem, columns = self.algorithm.problem, self.datasets[0].columns
        wanted = ASSETS if isinstance(problem, Portfolio) else EDGES
        if _kind_of_columns(columns) != wanted:
            raise PydanticCustomError(
                "columns",
                "{problem} reads columns of {wanted}",
                {"problem": problem.name, "wanted": wanted},
            )
        if isinstance(problem, VertexCover) and isinstance(columns, EdgeColumns) and columns.weight:
            raise PydanticCustomError("unread", "vertex-cover counts nodes and reads no weight")
        return self

    @model_validator(mode="after")
    def _qubits_fit(self) -> "QuboSpec":
        problem, columns = self.algorithm.problem, self.datasets[0].columns
        if isinstance(problem, Portfolio) and isinstance(columns, FeatureColumns):
            assets = len(columns.features)
            if self.qubits != assets:
                raise PydanticCustomError(
                    "asset_qubits",
                    "{assets} assets need {assets} qubits, not {qubits}",
                    {"assets": assets, "qubits": self.qubits},
                )
            if problem.choose >= assets:
                raise PydanticCustomError(
                    "nothing_to_choose",
                    "{choose} of {assets} assets is no choice",
                    {"choose": problem.choose, "assets": assets},
                )
        if isinstance(problem, ChannelAssignment) and self.qubits % problem.channels:
            raise PydanticCustomError(
                "channel_qubits",
                "{qubits} qubits are not {channels} a node",
                {"qubits": self.qubits, "channels": problem.channels},
            )
        least = 2 * problem.channels if isinstance(problem, ChannelAssignment) else 2
        if self.qubits < least:
            raise PydanticCustomError(
                "too_few_qubits",
                "{problem} needs at least {least} qubits",
                {"problem": problem.name, "least": least},
            )
        return self

    @model_validator(mode="after")
    def _circuit_fits(self) -> "QuboSpec":
        if self.noise is not None and self.qubits > MAX_NOISY_QUBITS:
            raise PydanticCustomError(
                "too_many_noisy_qubits",
                "noise on {qubits} qubits needs 4**{qubits} numbers; the limit with noise is {limit} qubits",
                {"qubits": self.qubits, "limit": MAX_NOISY_QUBITS},
            )
        if self.parent_models:
            raise PydanticCustomError("no_parents", "qaoa starts from no other model")
        return self
