"""The OpenAPI document: committed as it is served, whole, and true to the routes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from config.openapi.described import ANSWERS
from config.openapi.document import openapi_text, undescribed
from config.openapi.endpoints import all_endpoints
from config.openapi.examples import example_of

BODILESS = ("sign_out", "erasure", "finish")
DOCUMENT = json.loads(openapi_text())
PARTS = DOCUMENT["components"]["schemas"]


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, told in methods.items():
            yield f"{method.upper()} {path}", told


def schemas_of(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Of its parameters, its body and its answers."""
    yield from (each["schema"] for each in told.get("parameters", []))
    contents = [told.get("requestBody", {})] + [
        each for each in told["responses"].values() if "$ref" not in each
    ]
    for content in contents:
        yield from (each["schema"] for each in content.get("content", {}).values() if "schema" in each)


def test_committed_document_is_the_one_that_the_code_makes() -> None:
    committed = (settings.BASE_DIR / "docs" / "openapi.json").read_text()

    assert committed == openapi_text(), "refresh it with: .venv/bin/python manage.py openapi --write"


def test_served_document_is_the_committed_one() -> None:
    served = Client().get("/api/v1/openapi.json")

    assert (served.status_code, served["Content-Type"]) == (200, "application/json")
    assert served.content.decode() == openapi_text()


def test_command_prints_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("openapi")

    assert capsys.readouterr().out == openapi_text()


def test_every_endpoint_is_described_and_nothing_else_is() -> None:
    names = {each.name for each in all_endpoints()}

    assert undescribed() == []
    assert set(ANSWERS) - names == set()
    assert {f"{each.method.upper()} /{each.path}" for each in all_endpoints()} == dict(operations()).keys()


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own() -> None:
    told = dict(operations())

    assert [name for name, each in told.items() if len(each["summary"]) < 10] == []
    assert len({each["operationId"] for each in told.values()}) == len(told)


def test_every_handler_that_takes_json_tells_its_body() -> None:
    untold = [
        name
        for name, told in operations()
        if name.startswith("POST")
        and "requestBody" not in told
        and not told["operationId"].endswith(BODILESS)
    ]

    assert untold == []


def test_every_schema_is_one_and_its_example_fits_it() -> None:
    everything = [schema for _, told in operations() for schema in schemas_of(told)] + list(PARTS.values())

    for schema in everything:
        whole = {**schema, "components": {"schemas": PARTS}}
        Draft202012Validator.check_schema(schema)
        example = example_of(schema, PARTS)
        complaints = [each.message for each in Draft202012Validator(whole).iter_errors(example)]
        assert complaints == [], schema


@pytest.mark.django_db
def test_page_of_the_guide_shows_every_endpoint_with_an_example() -> None:
    page = Client().get("/docs/api")

    assert page.status_code == 200
    for name, told in operations():
        assert name in page.text
        assert f'id="{told["operationId"]}"' in page.text
    assert page.text.count('aria-label="How to ask"') == len(dict(operations()))
    assert "<script>" not in page.text
    assert "style=" not in page.text


def test_page_of_an_algorithm_answers_and_a_name_that_is_none_does_not(db):
    client = Client()

    assert b"Havlicek et al. 2019" in client.get("/docs/algorithms/qsvm").content
    assert b"/docs/algorithms/qsvm" in client.get("/docs/algorithms").content
    for unknown in ("qsvm.md", "..%2f..%2fREADME", "nothing"):
        assert client.get(f"/docs/algorithms/{unknown}").status_code == 404
