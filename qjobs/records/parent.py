"""The weights of a parent model, found by the two documents that a spec names it by."""

from qjobs.records.manifest import FileEntry, ManifestRefused, read_manifest
from qjobs.spec import ParentRefused, QnnSpec, SpecRefused, read_spec
from qjobs.spec.parents import require_same_circuit
from qjobs.spec.qnn import MAX_MODEL_BYTES

WEIGHTS_FILE = "model.safetensors"


def weights_entry(spec: QnnSpec, parent_spec: bytes, manifest: bytes) -> FileEntry:
    """The entry of the file to begin with, by the parent's spec and manifest.

    Raises `ParentRefused` where the circuit is another one, or the file is missing, sealed or too large.
    """
    model = f"Model {spec.parent_models[0]}"
    try:
        require_same_circuit(spec, read_spec(parent_spec))
        entry = read_manifest(manifest).get(WEIGHTS_FILE)
    except (SpecRefused, ManifestRefused) as error:
        raise ParentRefused(f"{model} cannot be read: {error.message}") from error
    if entry is None:
        raise ParentRefused(f"{model} has no {WEIGHTS_FILE}.")
    if entry.is_sealed:
        raise ParentRefused(f"The weights of {model.lower()} are sealed; training begins with public ones.")
    if entry.size > MAX_MODEL_BYTES:
        raise ParentRefused(f"{model} has {entry.size} bytes of weights; the limit is {MAX_MODEL_BYTES}.")
    return entry
