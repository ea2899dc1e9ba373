"""Old and new code share one database while an update rolls out: what the old code asks for must still be."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import CharField, CheckConstraint, Field, IntegerField, Q
from django.db.models.fields import NOT_PROVIDED

OLDER = {
    "accounts": "0002_api_keys",
    "chain": "0002_journal_functions",
    "governance": "0002_parameter_book",
    "marketplace": "0009_model_sales",
    "qjobs": "0005_tiles",
}
"""The tables of the code before this; moved on, by hand, with each update that is rolled out."""

ALWAYS = CheckConstraint(condition=Q(pk__gt=0), name="always")


def broken_for_older_code(before: ProjectState, now: ProjectState) -> list[str]:
    """What the older code reads or writes and would no longer find, or no longer be allowed to leave out."""
    broken = []
    for key, old in sorted(before.models.items()):
        new = now.models.get(key)
        if new is None:
            broken.append(f"{'.'.join(key)} is gone")
        else:
            broken += [f"{'.'.join(key)}.{problem}" for problem in problems(old, new)]
    return broken


def problems(old: ModelState, new: ModelState) -> list[str]:
    if old.options.get("db_table") != new.options.get("db_table"):
        return ["table has another name"]
    kept, fields = old.fields, new.fields
    gone = [f"{name} is gone" for name in kept if name not in fields]
    changed = [
        f"{name} is stored otherwise"
        for name in kept
        if name in fields and stored_as(kept[name]) != stored_as(fields[name])
    ]
    wanted = [
        f"{name} cannot be left out"
        for name, field in fields.items()
        if name not in kept and not (field.null or field.db_default is not NOT_PROVIDED or field.many_to_many)
    ]
    known = {one.name for one in old.options.get("constraints", [])}
    demanded = [
        f"{one.name} is a new demand" for one in new.options.get("constraints", []) if one.name not in known
    ]
    return gone + changed + wanted + demanded


def stored_as(field: Field) -> tuple[str, bool]:
    """Kind and length, and whether nothing may stand there; a relation counts as the number that it is."""
    if field.remote_field:
        return (type(field).__name__, field.null)
    return (field.db_type(connection) or "", field.null)


def state_at(nodes: dict[str, str]) -> ProjectState:
    loader = MigrationLoader(None)
    return loader.project_state(sorted(nodes.items()))


def newest() -> ProjectState:
    return MigrationLoader(None).project_state()


@pytest.mark.fault("F30")
def test_code_before_this_finds_and_fills_every_table_that_it_knows() -> None:
    assert broken_for_older_code(state_at(OLDER), newest()) == []


@pytest.mark.fault("F30")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda model: model.fields.pop("title"), "title is gone"),
        (lambda model: model.fields.update(title=IntegerField()), "title is stored otherwise"),
        (lambda model: model.fields.update(cid=CharField(max_length=128, null=True)), "cid is stored"),
        (lambda model: model.fields.update(price=IntegerField(default=3)), "price cannot be left out"),
        (lambda model: model.options.update(db_table="other"), "table has another name"),
        (lambda model: model.options.update(constraints=[ALWAYS]), "always is a new demand"),
    ],
)
def test_change_that_older_code_would_stumble_over_is_told(change, told: str) -> None:
    now = newest().clone()
    change(now.models["qjobs", "specdocument"])

    assert [problem.partition(told)[1] for problem in broken_for_older_code(newest(), now)] == [told]


@pytest.mark.fault("F30")
@pytest.mark.parametrize("field", [IntegerField(null=True), IntegerField(db_default=0)])
def test_column_that_older_code_may_leave_out_is_no_trouble(field) -> None:
    now = newest().clone()
    now.models["qjobs", "specdocument"].fields["price"] = field

    assert broken_for_older_code(newest(), now) == []
