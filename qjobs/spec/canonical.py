"""From a spec to its canonical bytes and back; the digest of those bytes is the number that goes on chain."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import rfc8785
from pydantic import ValidationError

from qjobs.spec.document import JobSpec
from qjobs.spec.errors import Problem, SpecRefused
from storage.cid import Cid, raw_cid

MAX_SPEC_BYTES = 2**20
"""A spec is one raw block, so that its digest is its CID."""


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
    schema = JobSpec.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _validated(text: bytes) -> JobSpec:
    try:
        return JobSpec.model_validate_json(text)
    except ValidationError as error:
        problems = tuple(
            Problem(".".join(str(step) for step in each["loc"]), each["msg"])
            for each in error.errors(include_url=False, include_input=False)
        )
        raise SpecRefused(problems) from error
