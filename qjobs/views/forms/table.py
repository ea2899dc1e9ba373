"""What a table offers a form: columns to read and to predict, by its profile."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_CLASSES = 50
USUAL_QUBITS = 6
MAX_QUBITS = 20


@dataclass(frozen=True)
class Feature:
    """A numeric column that a job may read."""

    name: str
    is_chosen: bool
    missing: int


@dataclass(frozen=True)
class LabelColumn:
    """A column of few values that a job may predict; `values_json` for the page's module."""

    name: str
    values: tuple[str, ...]
    is_chosen: bool
    positive: str = ""

    @property
    def values_json(self) -> str:
        return json.dumps(self.values)


@dataclass(frozen=True)
class TableOffer:
    """The dataset's columns as choices. `document`: the copied one, or {}; `qubits`: the suggestion."""

    labels: tuple[LabelColumn, ...]
    features: tuple[Feature, ...]
    numeric: tuple[str, ...]
    names: tuple[str, ...]
    rows: int
    qubits: int
    document: Mapping[str, Any]
    unique: Mapping[str, int]

    @property
    def copied_columns(self) -> Mapping[str, Any]:
        return _columns_in(self.document)


def table_offer(profile: Mapping[str, Any], label: str, document: Mapping[str, Any]) -> TableOffer:
    """Everything that follows from the profile; a copy chooses what its document chose."""
    columns = profile.get("columns", ())
    labels = _labels(columns, label, _columns_in(document))
    chosen = next((each.name for each in labels if each.is_chosen), "")
    features = _features(columns, chosen, _columns_in(document))
    suggested = (profile.get("quantum") or {}).get("suggested_pca_qubits") or USUAL_QUBITS
    most = min(MAX_QUBITS, len(features))
    rows = profile.get("rows")
    return TableOffer(
        labels=labels,
        features=features,
        numeric=tuple(column["name"] for column in columns if _is_numeric(column)),
        names=tuple(column["name"] for column in columns),
        rows=rows if isinstance(rows, int) else 0,
        qubits=max(2, min(document.get("qubits") or suggested, most)),
        document=document,
        unique={column["name"]: column.get("unique") or 0 for column in columns},
    )


def _columns_in(document: Mapping[str, Any]) -> Mapping[str, Any]:
    datasets = document.get("datasets") or ()
    return datasets[0]["columns"] if datasets else {}


def _is_numeric(column: Mapping[str, Any]) -> bool:
    return column["type"] in {"integer", "real"}


def _labels(columns: Any, label: str, copied: Mapping[str, Any]) -> tuple[LabelColumn, ...]:
    """Columns of 2 to 50 values; the copied or the provider's label is chosen, else the last one."""
    found = [
        (column["name"], tuple(str(each["value"]) for each in column.get("top_values", ())))
        for column in columns
    ]
    fitting = [(name, values) for name, values in found if 2 <= len(values) <= MAX_CLASSES]
    names = [name for name, _ in fitting]
    chosen = next((name for name in (copied.get("label", label), label, *names[-1:]) if name in names), "")
    positive = copied.get("positive_label", "")
    return tuple(LabelColumn(name, values, name == chosen, positive) for name, values in fitting)


def _features(columns: Any, label: str, copied: Mapping[str, Any]) -> tuple[Feature, ...]:
    wanted = copied.get("features")
    return tuple(
        Feature(
            column["name"],
            not column.get("missing") if wanted is None else column["name"] in wanted,
            column.get("missing") or 0,
        )
        for column in columns
        if _is_numeric(column) and column["name"] != label
    )
