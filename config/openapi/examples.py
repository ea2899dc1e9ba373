"""An example of what a schema describes: its own examples where it has some, else the least that fits."""

from typing import Any

from common.api_types import Json

LEAST: dict[str, Any] = {"integer": 1, "number": 0.5, "boolean": True, "string": "text", "null": None}
REFERENCE = "#/components/schemas/"


def example_of(schema: Json, parts: dict[str, Json]) -> Any:
    """A value that the schema allows. parts: the document's named schemas."""
    if "$ref" in schema:
        return example_of(parts[schema["$ref"].removeprefix(REFERENCE)], parts)
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], parts)
    given = [*schema.get("examples", []), *schema.get("enum", [])]
    if "const" in schema:
        given.append(schema["const"])
    return given[0] if given else _least(schema, parts)


def _least(schema: Json, parts: dict[str, Json]) -> Any:
    kind = schema.get("type", "object")
    if kind == "array":
        return [example_of(schema["items"], parts)] if schema.get("items") else []
    if kind == "object":
        return {name: example_of(each, parts) for name, each in schema.get("properties", {}).items()}
    return schema.get("minimum", LEAST[kind])
