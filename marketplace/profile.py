"""The profile of a table as a checked document, whoever wrote it: our child process or a stranger."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.errors import InvalidInput

ShortText = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
HintKind = Literal[
    "email",
    "social_security",
    "iban",
    "card_number",
    "ip_address",
    "phone",
    "personal_name",
    "repeated_rows",
    "identifier",
    "same_as",
    "tells",
]
Count = Annotated[int, Field(ge=0, le=2**53)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Histogram(_Part):
    """`counts[i]` values lie from `edges[i]` up to `edges[i + 1]`."""

    edges: Annotated[list[Finite], Field(max_length=101)]
    counts: Annotated[list[Count], Field(max_length=100)]


class ValueCount(_Part):
    value: ShortText
    count: Count


class Column(_Part):
    """One column; the numbers are there for numeric columns only, and None where the provider hides them."""

    name: ShortText
    type: Literal["integer", "real", "boolean", "text", "empty"]
    missing: Count | None
    unique: Count | None
    unique_is_exact: bool
    minimum: Finite | int | None
    maximum: Finite | int | None
    mean: Finite | None
    standard_deviation: Finite | None
    quantiles: Annotated[dict[ShortText, Finite | None], Field(max_length=9)] | None
    histogram: Histogram | None
    top_values: Annotated[list[ValueCount], Field(max_length=50)]


class Label(_Part):
    """The column to predict and its classes, most frequent first."""

    column: ShortText
    classes: Annotated[list[ValueCount], Field(max_length=50)]
    largest_share: Finite | None


class KernelSpread(_Part):
    """Of the angle kernel's values between rows; near 0 where it has concentrated."""

    mean: Finite
    standard_deviation: Finite


class QuantumQualities(_Part):
    """How many qubits the numeric features need, encoding by encoding, and how far the circuit goes."""

    numeric_features: Count
    qubits_angle: Count | None
    qubits_amplitude: Count | None
    suggested_pca_qubits: Count | None
    pca_explained_variance: Annotated[list[Finite], Field(max_length=12)]
    depth_amplitude: int | None = None
    kernel: KernelSpread | None = None


class Hint(_Part):
    """What a column or the rows look like to marketplace.parsing.hints: a guess, for people to look at."""

    kind: HintKind
    column: ShortText
    other: ShortText
    share: Annotated[float, Field(ge=0, le=1)]


class RowRoot(_Part):
    """Over all rows, by common.tables.merkle; salted where the rows are private."""

    root: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    is_salted: bool


class Profile(_Part):
    """What a table holds, on the word of whoever published it; None is what the provider does not show."""

    format: Literal["csv", "jsonl", "parquet", "npz"]
    rows: Count | None
    column_count: Count | None
    columns: Annotated[list[Column], Field(max_length=1000)]
    missing_cells: Count | None
    preview: Annotated[list[Annotated[list[ShortText], Field(max_length=1000)]], Field(max_length=10)]
    label: Label | None
    quantum: QuantumQualities | None
    row_tree: RowRoot | None = None
    hints: Annotated[list[Hint], Field(max_length=50)] = []

    def column(self, name: str) -> Column | None:
        """The column of this name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def read_profile(document: Any) -> Profile:
    """The profile in a JSON document; raises InvalidInput naming what does not fit."""
    try:
        return Profile.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"this is no profile of a table: {where}: {first['msg']}") from error


def with_label(profile: Profile, label_column: str | None) -> Profile:
    """The profile with its label column chosen: class balance, and qubits of the other numeric columns.

    Raises InvalidInput where there is no such column or it has no classes.
    """
    if label_column is None:
        return profile
    column = profile.column(label_column)
    if column is None:
        raise InvalidInput(f'the table has no column "{label_column[:60]}"', field="label_column")
    if column.unique is not None and column.unique < 2:
        raise InvalidInput("the label column has fewer than two values", field="label_column")
    largest = max((entry.count for entry in column.top_values), default=None)
    present = (profile.rows or 0) - (column.missing or 0)
    label = Label(
        column=label_column,
        classes=list(column.top_values),
        largest_share=largest / present if largest and profile.rows else None,
    )
    return profile.model_copy(
        update={
            "label": label,
            "hints": [hint for hint in profile.hints if hint.kind != "tells" or hint.other == label_column],
            "quantum": profile.quantum
            and _without_label(profile.quantum, column.type in {"integer", "real"}),
        }
    )


def _without_label(quantum: QuantumQualities, label_is_numeric: bool) -> QuantumQualities:
    if not label_is_numeric:
        return quantum
    features = quantum.numeric_features - 1
    if features == 0:
        return QuantumQualities(
            numeric_features=0,
            qubits_angle=None,
            qubits_amplitude=None,
            suggested_pca_qubits=None,
            pca_explained_variance=[],
        )
    amplitude = max(1, (features - 1).bit_length())
    return quantum.model_copy(
        update={
            "numeric_features": features,
            "qubits_angle": features,
            "qubits_amplitude": amplitude,
            "depth_amplitude": 2 ** (amplitude + 1) - 3,
            "suggested_pca_qubits": min(features, quantum.suggested_pca_qubits or features),
        }
    )
