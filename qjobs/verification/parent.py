"""The model that training began with, fetched by the CIDs that the spec fixes, as a run fetches it."""

from qjobs.algorithms.qnn.parent import ParentFiles
from qjobs.records.parent import WEIGHTS_FILE, weights_entry
from qjobs.spec import JobSpec, QnnSpec
from qjobs.verification.material import Material
from storage.cid import Cid


class ParentMissing(Exception):
    """A part of the parent model cannot be had; a check of its own says which."""


def parent_of(spec: JobSpec, material: Material) -> ParentFiles | None:
    """The parent's files; None where training began with no model.

    Raises `ParentMissing`, or `ParentRefused` where no honest run could have begun with it.
    """
    if not isinstance(spec, QnnSpec) or spec.warm_start is None:
        return None
    name, start = f"model:{spec.parent_models[0]}", spec.warm_start
    parent_spec = _block(f"{name} spec.json", start.spec_cid, material)
    manifest = _block(f"{name} manifest.json", start.manifest_cid, material)
    entry = weights_entry(spec, parent_spec, manifest)
    weights = material.file(f"{name} {WEIGHTS_FILE}", entry.cid)
    if weights is None or weights.true is None:
        raise ParentMissing
    return ParentFiles(parent_spec, weights.true)


def _block(name: str, cid: str, material: Material) -> bytes:
    got = material.block(name, Cid.parse(cid).digest_hex)
    if got is None or got.true is None:
        raise ParentMissing
    return got.true
