"""Fields of a request form, declared by their place in the document.

Bounds and defaults are the spec's own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import BaseModel

from qjobs.spec import JobSpec

ENTANGLEMENTS = (
    ("full", "full: every pair"),
    ("linear", "linear: neighbours"),
    ("circular", "circular: a ring"),
)


@dataclass(frozen=True)
class Field:
    """One field. `kind`: number, optional (a number or nothing), percent, grid (rising numbers above
    0), numbers (whole ones, commas between), text, choice, whole (a choice of numbers), flag (true or
    false) or part (a choice between nothing and a part of the document with fields of its own).

    `when`: shown and sent where the field at that path, itself shown, has one of the values after "=".
    `resets`: the parts of the document, spaces between, that are written anew with this choice. `start`: its
    value on a fresh form where that is not the spec's own.
    """

    path: str
    label: str
    kind: str = "number"
    note: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    when: str = ""
    resets: str = ""
    start: Any = None


@dataclass(frozen=True)
class Control:
    """A field with its value and bounds, as the page shows it."""

    field: Field
    value: str
    low: str
    high: str
    is_hidden: bool = False

    @property
    def id(self) -> str:
        return self.field.path.replace(".", "-").replace("_", "-")

    @property
    def watches(self) -> str:
        return self.field.when.partition("=")[0]

    @property
    def values(self) -> str:
        return self.field.when.partition("=")[2]


@dataclass(frozen=True)
class Section:
    """Some controls under a heading; `template` draws what is more than single fields."""

    title: str
    fields: tuple[Field, ...] = ()
    note: str = ""
    is_folded: bool = False
    template: str = ""


@dataclass(frozen=True)
class Shown:
    """A section with its controls."""

    section: Section
    controls: tuple[Control, ...]


SPLITS = (
    Field("splits.count", "Random splits"),
    Field("splits.test_fraction", "Held out, per cent", "percent"),
    Field("splits.seed", "Seed of the splits"),
)
SEED = Field("seed", "Seed of everything else that is random")
RUN_SECONDS = Field("limits.run_seconds", "Stopped after, seconds")
SHOTS = Field("shots", "Measurements")


def shown(sections: Sequence[Section], kind: type[JobSpec], document: Mapping[str, Any]) -> tuple[Shown, ...]:
    """The sections with the document's values where it has them, else the spec's own defaults."""
    usual = _defaults(kind)
    values: dict[str, str] = {}
    return tuple(
        Shown(
            section,
            tuple(_hidden_by(_control(field, kind, document, usual), values) for field in section.fields),
        )
        for section in sections
    )


def _hidden_by(control: Control, values: dict[str, str]) -> Control:
    """The control, hidden where it does not count; `values` of those shown before it gains its own."""
    is_hidden = bool(control.watches) and values.get(control.watches) not in control.values.split()
    if not is_hidden:
        values[control.field.path] = control.value
    return replace(control, is_hidden=is_hidden)


def _control(field: Field, kind: type[JobSpec], document: Mapping[str, Any], usual: Any) -> Control:
    parts = field.path.split(".")
    schema = next(_schemas_at(_schema(kind), _schema(kind), parts), {})
    given = _value_at(document, parts)
    found = next(
        (
            each
            for each in (given, field.start, _value_at(usual, parts), schema.get("default"))
            if each is not None
        ),
        "",
    )
    value = "" if document and given is None and field.kind == "optional" else _text(found, field)
    scale = 100 if field.kind == "percent" else 1
    low, high = (schema.get(name) for name in ("minimum", "maximum"))
    return Control(
        field,
        value,
        "" if low is None else f"{low * scale:.10g}",
        "" if high is None else f"{high * scale:.10g}",
    )


def _text(value: Any, field: Field) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.kind == "part":
        return field.choices[-1][0] if isinstance(value, Mapping) else ""
    if field.kind == "percent":
        return f"{value * 100:.10g}"
    if isinstance(value, list | tuple):
        return ", ".join(_number(each) for each in value)
    return _number(value)


def _number(value: Any) -> str:
    return f"{value!r}".removesuffix(".0") if isinstance(value, float) else str(value)


def _value_at(document: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        document = document.get(part) if isinstance(document, Mapping) else None
    return document


@cache
def _defaults(kind: type[JobSpec]) -> dict[str, Any]:
    found = {name: info.get_default() for name, info in kind.model_fields.items() if not info.is_required()}
    return {
        name: each.model_dump(mode="json") if isinstance(each, BaseModel) else each
        for name, each in found.items()
    }


@cache
def _schema(kind: type[JobSpec]) -> dict[str, Any]:
    return kind.model_json_schema()


def _schemas_at(root: Mapping[str, Any], node: Any, parts: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """What the JSON Schema says of the place, of every variant that has it; variants with bounds first."""
    variants = [node, *node.get("anyOf", ()), *node.get("oneOf", ())]
    variants = [
        root["$defs"][each["$ref"].rpartition("/")[2]] if "$ref" in each else each for each in variants
    ]
    if not parts:
        yield from sorted(variants, key=lambda each: "minimum" not in each)
        return
    for each in variants:
        below = each.get("properties", {}).get(parts[0])
        if below is not None:
            yield from _schemas_at(root, below, parts[1:])
        elif each is not node:
            yield from _schemas_at(root, each, parts)
