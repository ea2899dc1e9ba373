"""The choice of a feature map, shared by every form whose circuit writes rows into states."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qjobs.spec.feature_maps import AngleFeatureMap, PauliFeatureMap, ReuploadingFeatureMap, ZzFeatureMap
from qjobs.views.forms.fields import ENTANGLEMENTS
from qjobs.views.forms.table import MAX_QUBITS, TableOffer


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
_MODELS = {
    "zz": ZzFeatureMap,
    "pauli": PauliFeatureMap,
    "angle": AngleFeatureMap,
    "reuploading": ReuploadingFeatureMap,
}


def map_context(offer: TableOffer, usual: str) -> Mapping[str, Any]:
    """What `forms/feature_map.html` needs; `usual` is the map of a fresh form."""
    return {
        "maps": MAPS,
        "map": _map_values(offer.document.get("feature_map") or _MODELS[usual]().model_dump()),
        "entanglements": ENTANGLEMENTS,
        "max_qubits": min(MAX_QUBITS, len(offer.features)),
        "qubits": offer.qubits,
    }


def _map_values(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of every map, from the chosen one where it has them."""
    usual = {**AngleFeatureMap().model_dump(), **PauliFeatureMap().model_dump()}
    values = {**usual, **chosen}
    max_reps = next(each.max_reps for each in MAPS if each.name == chosen["name"])
    return {**values, "paulis": ", ".join(values["paulis"]), "max_reps": max_reps}
