"""What the request form offers and holds: fresh for a dataset, or as a copy of an earlier job's document."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from common.errors import NotFound
from marketplace.rules.amounts import decimal_text
from marketplace.selectors.datasets import DatasetCard, VersionCard, find_version
from marketplace.views.mine import PaymentToken, holding_of, payment_tokens
from qjobs.spec import LearningSpec
from qjobs.spec.feature_maps import AngleFeatureMap, AnyFeatureMap, PauliFeatureMap, ZzFeatureMap
from qjobs.spec.methods import Qsvm
from qjobs.spec.parts import Limits, Splits

MAX_QUBITS = 20
MAX_CLASSES = 50
USUAL_QUBITS = 6
USUAL_PAY = "10"


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
class Map:
    """A feature map that the form offers, with the most repetitions that it takes."""

    name: str
    words: str
    max_reps: int


MAPS = (
    Map("zz", "ZZ: second-order Pauli-Z expansion", 6),
    Map("pauli", "Pauli: an expansion in strings of your choice", 6),
    Map("angle", "Angle: one rotation a qubit, a product state", 1),
    Map("reuploading", "Re-uploading: the angles again and again between CZ gates", 12),
)
ENTANGLEMENTS = (
    ("full", "full: every pair"),
    ("linear", "linear: neighbours"),
    ("circular", "circular: a ring"),
)


def form_context(request: HttpRequest, card: DatasetCard, copied: LearningSpec | None) -> dict[str, Any]:
    """Everything on the form. A copy keeps its dataset's version, and what the form does not show."""
    version = _version(card, copied)
    profile = (version.metadata.profile if version else None) or {}
    labels = _labels(profile, version.metadata.label_column if version else "", copied)
    features = _features(profile, next((each.name for each in labels if each.is_chosen), ""), copied)
    most = min(MAX_QUBITS, len(features))
    suggested = (profile.get("quantum") or {}).get("suggested_pca_qubits") or USUAL_QUBITS
    tokens = _tokens(card)
    return {
        "card": card,
        "mine": holding_of(request, card.dataset),
        "version": version.version.number if version else 0,
        "labels": labels,
        "features": features,
        "max_qubits": most,
        "qubits": max(2, min(copied.qubits if copied else suggested, most)),
        "maps": MAPS,
        "map": _map_values(copied.feature_map if copied else ZzFeatureMap()),
        "entanglements": ENTANGLEMENTS,
        "payment_tokens": tokens,
        "is_possible": bool(labels and len(features) > 1),
        **_values(copied, tokens),
    }


def _version(card: DatasetCard, copied: LearningSpec | None) -> VersionCard | None:
    if copied is None:
        return card.newest
    try:
        return find_version(card.dataset.token_id, copied.datasets[0].version)
    except NotFound:
        return card.newest


def _values(copied: LearningSpec | None, tokens: list[PaymentToken]) -> dict[str, Any]:
    """The values of the plain fields; the spec's own defaults where nothing is copied."""
    splits, algorithm = (copied.splits, copied.algorithm) if copied else (Splits(), Qsvm())
    values = {
        "title": copied.title if copied else "",
        "splits": splits.count,
        "held": f"{splits.test_fraction * 100:.10g}",
        "split_seed": splits.seed,
        "seed": copied.seed if copied else splits.seed,
        "folds": algorithm.inner_folds,
        "c_grid": _grid(algorithm.c_grid),
        "bandwidth_grid": _grid(algorithm.bandwidth_grid),
        "run_seconds": (copied.limits if copied else Limits()).run_seconds,
    }
    if copied is None:
        return {"values": values | {"pay": USUAL_PAY}, "chosen_token": "", "copied_json": ""}
    token = next((one for one in tokens if one.address.lower() == copied.budget.payment_token), None)
    pay = decimal_text(copied.budget.pay_per_task, token.decimals) if token else USUAL_PAY
    return {
        "values": values | {"pay": pay},
        "chosen_token": token.address if token else "",
        "copied_json": json.dumps(copied.model_dump(mode="json")),
    }


def _map_values(feature_map: AnyFeatureMap) -> dict[str, Any]:
    """The fields of every map, from the chosen one where it has them."""
    maps = (AngleFeatureMap(), PauliFeatureMap(), feature_map)
    values = {name: value for one in maps for name, value in one.model_dump().items()}
    max_reps = next(each.max_reps for each in MAPS if each.name == feature_map.name)
    return {**values, "paulis": ", ".join(values["paulis"]), "max_reps": max_reps}


def _labels(profile: dict[str, Any], label: str, copied: LearningSpec | None) -> list[LabelColumn]:
    """Columns of 2 to 50 values; the copied or the provider's label is chosen, else the last one."""
    columns = copied.datasets[0].columns if copied else None
    found = [
        (column["name"], tuple(str(each["value"]) for each in column.get("top_values", ())))
        for column in profile.get("columns", ())
    ]
    fitting = [(name, values) for name, values in found if 2 <= len(values) <= MAX_CLASSES]
    names = [name for name, _ in fitting]
    wanted = [columns.label if columns else label, label, *names[-1:]]
    chosen = next((name for name in wanted if name in names), "")
    return [
        LabelColumn(name, values, name == chosen, columns.positive_label if columns else "")
        for name, values in fitting
    ]


def _features(profile: dict[str, Any], label: str, copied: LearningSpec | None) -> list[Feature]:
    numeric = [column for column in profile.get("columns", ()) if column["type"] in {"integer", "real"}]
    wanted = set(copied.datasets[0].columns.features) if copied else None
    return [
        Feature(
            column["name"],
            not column.get("missing") if wanted is None else column["name"] in wanted,
            column.get("missing") or 0,
        )
        for column in numeric
        if column["name"] != label
    ]


def _tokens(card: DatasetCard) -> list[PaymentToken]:
    """A dataset with a fee a job takes the whole escrow in its fee's token."""
    tokens = payment_tokens()
    if not card.dataset.job_fee_units:
        return tokens
    return [token for token in tokens if token.address == card.dataset.job_fee_token] or tokens


def _grid(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value!r}".removesuffix(".0") for value in values)
