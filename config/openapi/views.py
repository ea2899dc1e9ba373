"""The API's document for programs, and as a page of the guide for people."""

import json
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.api_types import Json
from config.guide import CHAPTERS
from config.openapi.document import openapi_text
from config.openapi.examples import example_of

JSON = "application/json"
CHAPTER = next(each for each in CHAPTERS if each.slug == "api")


@dataclass(frozen=True)
class Question:
    """A parameter of an operation."""

    name: str
    place: str
    is_required: bool
    example: str


@dataclass(frozen=True)
class Operation:
    """An endpoint as a reader sees it."""

    anchor: str
    method: str
    path: str
    summary: str
    remark: str
    caller: str
    questions: tuple[Question, ...]
    curl: str
    statuses: str
    answer: str


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(openapi_text(), content_type=JSON)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every endpoint with examples."""
    spec = json.loads(openapi_text())
    context = {"chapters": CHAPTERS, "chapter": CHAPTER, "about": _plain(spec["info"]["description"])}
    return render(request, CHAPTER.template, context | {"groups": groups()})


@cache
def groups() -> list[tuple[str, list[Operation]]]:
    """The operations by the first word of their path."""
    spec = json.loads(openapi_text())
    parts = spec["components"]["schemas"]
    made = [
        (told["tags"][0], _operation(method, path, told, parts))
        for path, methods in spec["paths"].items()
        for method, told in methods.items()
    ]
    return [(tag, [each for _, each in same]) for tag, same in groupby(made, key=lambda pair: pair[0])]


def _operation(method: str, path: str, told: Json, parts: dict[str, Json]) -> Operation:
    questions = tuple(
        Question(
            each["name"], each["in"], each.get("required", False), str(example_of(each["schema"], parts))
        )
        for each in told.get("parameters", [])
    )
    good = [status for status in told["responses"] if status.startswith("2")]
    content = told["responses"][good[0]].get("content", {})
    return Operation(
        anchor=told["operationId"],
        method=method.upper(),
        path=path,
        summary=_plain(told["summary"]),
        remark=_plain(told.get("description", "")),
        caller=_caller(told["security"]),
        questions=questions,
        curl=_curl(method, path, told, questions, parts),
        statuses=" or ".join(good),
        answer=_pretty(next(iter(content.values()))["schema"], parts) if content else "",
    )


def _plain(text: str) -> str:
    """Without the marks of code, which a page shows otherwise."""
    return text.replace("`", "")


def _caller(security: list[Json]) -> str:
    if {} in security:
        return "anyone"
    return "a wallet, or its API key" if {"key": []} in security else "a wallet in its browser"


def _curl(method: str, path: str, told: Json, questions: tuple[Question, ...], parts: dict[str, Json]) -> str:
    for each in questions:
        path = path.replace(f"{{{each.name}}}", each.example)
    needed = [
        f"{each.name}={each.example}" for each in questions if each.place == "query" and each.is_required
    ]
    address = f"{settings.SITE_URL}/api/v1{path}" + (f"?{'&'.join(needed)}" if needed else "")
    words = [f"curl '{address}'" if method == "get" else f"curl -X {method.upper()} '{address}'"]
    if {} not in told["security"] and {"key": []} in told["security"]:
        words.append('-H "Authorization: Bearer $QOMMONS_KEY"')
    words += [f"-H '{each.name}: {each.example}'" for each in questions if each.place == "header"]
    for media, body in told.get("requestBody", {}).get("content", {}).items():
        words += _sent(media, body["schema"], parts)
    return " \\\n  ".join(words)


def _sent(media: str, schema: Json, parts: dict[str, Json]) -> list[str]:
    if media == "multipart/form-data":
        return ["-F 'file=@table.csv'"]
    if media != JSON:
        return [f"-H 'Content-Type: {media}'", "--data-binary @chunk"]
    return [f"-H 'Content-Type: {JSON}'", f"-d '{json.dumps(_needed(schema, parts))}'"]


def _needed(schema: Json, parts: dict[str, Json]) -> Any:
    """The least body: only what must be there."""
    whole = parts[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    properties = {
        name: each for name, each in whole.get("properties", {}).items() if name in whole.get("required", [])
    }
    return example_of({"type": "object", "properties": properties}, parts)


def _pretty(schema: Json, parts: dict[str, Json]) -> str:
    return json.dumps(example_of(schema, parts), indent=2, ensure_ascii=False)
