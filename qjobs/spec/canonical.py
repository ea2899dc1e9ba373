"""From a spec to its canonical bytes and back; the digest of those bytes is the number that goes on chain."""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

import rfc8785
from pydantic import ValidationError
from pydantic.json_schema import models_json_schema
from pydantic_core import from_json

from qjobs.spec.ansaetze import ANSAETZE
from qjobs.spec.document import JobSpec, LearningSpec
from qjobs.spec.errors import Problem, SpecRefused
from qjobs.spec.feature_maps import FEATURE_MAPS
from qjobs.spec.hamiltonians import HAMILTONIANS
from qjobs.spec.kinds import KIND_OF, KINDS, kind_of
from qjobs.spec.machines import TASKS
from qjobs.spec.noise import DEVICES
from qjobs.spec.optimisers import OPTIMISERS
from qjobs.spec.parts import LABELS
from qjobs.spec.problems import PROBLEMS
from qjobs.spec.qubo import COLUMN_KINDS
from storage.cid import Cid, raw_cid

MAX_SPEC_BYTES = 2**20
"""A spec is one raw block, so that its digest is its CID."""

UNIONS: Mapping[str, Collection[int | str]] = {
    "algorithm": (*KIND_OF, *TASKS),
    "feature_map": FEATURE_MAPS,
    "ansatz": ANSAETZE,
    "hamiltonian": HAMILTONIANS,
    "optimiser": (*OPTIMISERS, "natural-gradient"),
    "columns": (*LABELS, *COLUMN_KINDS),
    "problem": PROBLEMS,
    "device": DEVICES,
}
"""Fields of which the document may hold one of several kinds, and the names of the kinds."""


def build_spec(fields: Mapping[str, Any]) -> JobSpec:
    """The spec that a form or API body describes, defaults filled in.

    Raises `SpecRefused` with every problem found.
    """
    try:
        text = json.dumps(fields, allow_nan=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise SpecRefused((Problem("", f"is not JSON: {error}"),)) from error
    return _validated(text.encode())


def read_spec(block: bytes) -> JobSpec:
    """The spec in a pinned block, which must be exactly its canonical bytes: one spec, one digest."""
    if len(block) > MAX_SPEC_BYTES:
        raise SpecRefused((Problem("", f"has {len(block)} bytes; the limit is {MAX_SPEC_BYTES}"),))
    spec = _validated(block)
    if canonical_bytes(spec) != block:
        raise SpecRefused((Problem("", "is not in canonical form (RFC 8785, every field present)"),))
    return spec


def canonical_bytes(spec: JobSpec) -> bytes:
    """The document by RFC 8785: every field present, keys sorted, numbers in ECMAScript form."""
    return rfc8785.dumps(spec.model_dump(mode="json"))


def spec_digest(spec: JobSpec) -> str:
    """The sha2-256 of the canonical bytes as 0x-hex: what members approve."""
    return "0x" + hashlib.sha256(canonical_bytes(spec)).hexdigest()


def spec_cid(spec: JobSpec) -> Cid:
    """The CID of the spec as one raw block; its digest is `spec_digest`."""
    return raw_cid(canonical_bytes(spec))


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the canonical document, as published in `qjobs/spec/job_spec.schema.json`."""
    kinds, parts = models_json_schema([(kind, "serialization") for kind in KINDS], title="JobSpec")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **parts,
        "anyOf": [kinds[kind, "serialization"] for kind in KINDS],
    }


def _validated(text: bytes) -> JobSpec:
    try:
        return _kind(text).model_validate_json(text)
    except ValidationError as error:
        problems = tuple(
            Problem(_path(each["loc"]), each["msg"])
            for each in error.errors(include_url=False, include_input=False)
        )
        raise SpecRefused(problems) from error


def _kind(text: bytes) -> type[JobSpec]:
    """The class that the named algorithm asks for; a document that names none is a learning job's."""
    try:
        document = from_json(text)
    except ValueError:
        return LearningSpec  # its own validation says what is wrong with the text
    algorithm = document.get("algorithm") if isinstance(document, dict) else None
    kind = kind_of(algorithm if isinstance(algorithm, dict) else {})
    if kind is not None:
        return kind
    raise SpecRefused((Problem("algorithm.name", f"is none of {', '.join(KIND_OF)}"),))


def _path(steps: tuple[int | str, ...]) -> str:
    """A field's dotted path; which member of a union was tried is no part of the document."""
    befores = ("", *(str(step) for step in steps))
    return ".".join(
        str(step) for before, step in zip(befores, steps, strict=False) if step not in UNIONS.get(before, ())
    )
