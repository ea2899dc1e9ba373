"""The OpenAPI document: endpoints, and the shapes of what they read and answer."""

import json
import re
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from common.api_types import ErrorAnswer, Id, Json
from config.openapi.described import ANSWERS, JSON, PATH_TYPES, Told
from config.openapi.endpoints import Endpoint, all_endpoints
from config.openapi.forms import FORMS

REFERENCE = "#/components/schemas/{model}"
JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
ABOUT = """\
Everything that the pages can do. Nothing here signs: what an endpoint prepares, your own wallet signs
and sends. Amounts and numbers of the chain are decimal text in base units; times are ISO 8601 in UTC;
chains, accounts and tokens have their CAIP-2, CAIP-10 and CAIP-19 names beside them. Lists come in
pages: ask again with `cursor` set to `next`. Every refusal has one form; 429, 503 and 507 say in
`Retry-After` when to come back. Answers to GET carry an `ETag`: sent back in `If-None-Match`, an answer
that has not changed is 304 without a body."""
SECURITY = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "From `POST auth/sign-in`. What is not a GET also carries the cookie csrftoken's "
        "value in the header X-CSRFToken.",
    },
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key of the wallet, `qk_...`, made on its account page: it reads, or also "
        "prepares. It signs nothing and opens no private data.",
    },
}
_PLAIN = {"int": int, "uint256": Id, "uuid": str, "slug": str}


def openapi() -> Json:
    """The whole document, in a fixed order."""
    endpoints = all_endpoints()
    schemas, parts = _schemas(endpoints)
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        paths.setdefault(f"/{endpoint.path}", {})[endpoint.method] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": JSON_SCHEMA,
        "info": {"title": "Qommons", "version": "1", "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(parts.items())),
            "securitySchemes": SECURITY,
            "responses": _refusals(schemas),
        },
    }


@cache
def openapi_text() -> str:
    """The document as it is served and committed."""
    return json.dumps(openapi(), indent=1, ensure_ascii=False) + "\n"


def undescribed() -> list[str]:
    """Endpoints whose answer nobody has described: the document says of them that they answer with JSON."""
    return [each.name for each in all_endpoints() if each.name not in ANSWERS]


def _told(endpoint: Endpoint) -> Told:
    return ANSWERS.get(endpoint.name, Told(Json))


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[dict[Any, Json], dict[str, Json]]:
    """The schema of every type that an endpoint reads or answers, and the named parts that they share."""
    answers = [_told(each).answer for each in endpoints] + [ErrorAnswer]
    bodies = [each.body for each in endpoints]
    wanted: dict[Any, TypeAdapter[Any]] = {}
    for kind in [*answers, *bodies]:
        if kind is not None:
            wanted.setdefault(repr(kind), TypeAdapter(kind))
    inputs = [(name, "serialization", adapter) for name, adapter in wanted.items()]
    made, shared = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)  # type: ignore[arg-type]
    rename = {name: re.sub(r"_(\w+)_", r"\1", name) for name in shared.get("$defs", {})}
    text = json.dumps([{name: schema for (name, _), schema in made.items()}, shared.get("$defs", {})])
    for name, better in rename.items():
        text = text.replace(REFERENCE.format(model=name) + '"', REFERENCE.format(model=better) + '"')
    schemas, parts = json.loads(text)
    return schemas, {rename[name]: _tidy(part) for name, part in parts.items()}


def _tidy(part: Any) -> Any:
    """Without the titles that pydantic makes of names."""
    if isinstance(part, list):
        return [_tidy(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: {key: _tidy(each) for key, each in value.items()} if name == "properties" else _tidy(value)
        for name, value in part.items()
        if name != "title" or not isinstance(value, str)
    }


def _operation(endpoint: Endpoint, schemas: dict[Any, Json]) -> Json:
    told = _told(endpoint)
    operation: Json = {
        "operationId": "_".join([endpoint.method, *re.findall(r"\w+", endpoint.path.replace("-", "_"))]),
        "tags": [endpoint.path.partition("/")[0]],
        "summary": endpoint.summary,
    }
    if endpoint.remark:
        operation["description"] = endpoint.remark
    parameters = _parameters(endpoint, told)
    if parameters:
        operation["parameters"] = parameters
    body = _body(endpoint, schemas)
    if body is not None:
        operation["requestBody"] = {"required": True, "content": body}
    operation["responses"] = _responses(told, schemas)
    operation["security"] = _security(endpoint)
    return operation


def _parameters(endpoint: Endpoint, told: Told) -> list[Json]:
    named = [
        ("path", name, _PLAIN.get(kind, PATH_TYPES.get(name, str)))
        for name, kind in endpoint.converters.items()
    ]
    named += [("query", name, kind) for name, kind in told.asks.items()]
    named += [("header", name, kind) for name, kind in told.headers.items()]
    return [
        {
            "name": name,
            "in": place,
            **({"required": True} if place != "query" or name in told.needs else {}),
            "schema": _parameter_schema(kind, endpoint.converters.get(name, "")),
        }
        for place, name, kind in named
    ]


def _parameter_schema(kind: Any, converter: str) -> Json:
    schema = _tidy(TypeAdapter(kind).json_schema())
    if converter == "int":
        return {**schema, "minimum": 0}
    more = {"uuid": {"format": "uuid"}, "slug": {"pattern": "^[-a-zA-Z0-9_]+$"}}.get(converter, {})
    return {**schema, **more}


def _body(endpoint: Endpoint, schemas: dict[Any, Json]) -> Json | None:
    if endpoint.body is None:
        return FORMS.get(endpoint.name)
    return {JSON: {"schema": _tidy(schemas[repr(endpoint.body)])}}


def _responses(told: Told, schemas: dict[Any, Json]) -> Json:
    good: Json = {}
    if told.answer is not None:
        schema = _tidy(schemas[repr(told.answer)])
        good["content"] = {media: {"schema": schema} for media in told.media if media != "text/event-stream"}
        good["content"] |= {media: {} for media in told.media if media == "text/event-stream"}
    statuses = [told.status, *told.also]
    return {
        **{str(status): {"description": HTTPStatus(status).phrase, **good} for status in statuses},
        "4XX": {"$ref": "#/components/responses/Refused"},
        "429": {"$ref": "#/components/responses/ComeBack"},
        "503": {"$ref": "#/components/responses/ComeBack"},
        "507": {"$ref": "#/components/responses/ComeBack"},
    }


def _refusals(schemas: dict[Any, Json]) -> Json:
    content = {JSON: {"schema": schemas[repr(ErrorAnswer)]}}
    header = {
        "description": "Seconds.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    }
    return {
        "Refused": {"description": "Why not, in words.", "content": content},
        "ComeBack": {
            "description": "Later: too many requests, a part that is away for a moment, or a full disk.",
            "headers": {"Retry-After": header},
            "content": content,
        },
    }


def _security(endpoint: Endpoint) -> list[Json]:
    ways: list[Json] = [{"session": []}]
    if endpoint.takes_keys:
        ways.append({"key": []})
    return ways if endpoint.is_for_wallets else [{}, *ways]
