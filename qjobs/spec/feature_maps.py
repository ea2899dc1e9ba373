"""Feature maps: the circuits that write one row of angles into a state."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from qjobs.spec.parts import Part

Entanglement = Literal["full", "linear", "circular"]
PauliText = Literal["X", "Y", "Z", "XX", "YY", "ZZ", "XY", "XZ", "YZ"]


class ZzFeatureMap(Part):
    """Second-order Pauli-Z expansion of Havlicek et al. 2019 (arXiv:1804.11326, eq. 9)."""

    name: Literal["zz"] = "zz"
    reps: Annotated[int, Field(ge=1, le=6)] = 2
    entanglement: Entanglement = "full"


class PauliFeatureMap(Part):
    """Pauli expansion of Havlicek et al. 2019 with the strings of one's choice, in circuit order."""

    name: Literal["pauli"] = "pauli"
    reps: Annotated[int, Field(ge=1, le=6)] = 2
    entanglement: Entanglement = "full"
    paulis: Annotated[tuple[PauliText, ...], Field(min_length=1, max_length=4)] = ("Z", "ZZ")


class AngleFeatureMap(Part):
    """One rotation a qubit by its angle: a product state, whose kernel classical machines compute at once."""

    name: Literal["angle"] = "angle"
    axis: Literal["x", "y"] = "y"


class ReuploadingFeatureMap(Part):
    """The same angles written `reps` times between rings of CZ gates (Perez-Salinas et al. 2020,
    arXiv:1907.02085), RY and RZ in turn."""

    name: Literal["reuploading"] = "reuploading"
    reps: Annotated[int, Field(ge=1, le=12)] = 3
    entanglement: Entanglement = "circular"


def _name(value: Any) -> Any:
    """The map's name; one that is not said is the default map's."""
    return value.get("name", "zz") if isinstance(value, dict) else getattr(value, "name", None)


AnyFeatureMap = ZzFeatureMap | PauliFeatureMap | AngleFeatureMap | ReuploadingFeatureMap

FeatureMap = Annotated[
    Annotated[ZzFeatureMap, Tag("zz")]
    | Annotated[PauliFeatureMap, Tag("pauli")]
    | Annotated[AngleFeatureMap, Tag("angle")]
    | Annotated[ReuploadingFeatureMap, Tag("reuploading")],
    Discriminator(_name),
]

FEATURE_MAPS = ("zz", "pauli", "angle", "reuploading")
