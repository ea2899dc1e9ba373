"""What a profile hints at: each finding beside a table that looks alike and gives none."""

import io
import random
from typing import Any

import pytest

from marketplace.parsing import hints
from marketplace.parsing.child import profile_table
from marketplace.profile import read_profile, with_label
from marketplace.rules.disclosure import Shown, disclosed

DICE = random.Random(5)
ROWS = 400
LABELS = [DICE.choice(["sick", "well"]) for _ in range(ROWS)]
NOISE = [f"{DICE.random():.6f}" for _ in range(ROWS)]


def hints_in(**columns: list[str]) -> list[dict[str, Any]]:
    """The hints of a table with these columns."""
    lines = [",".join(columns)]
    lines += [",".join(f'"{cell}"' for cell in row) for row in zip(*columns.values(), strict=True)]
    return profile_table(io.BytesIO("\n".join(lines).encode()))["hints"]


def kinds_in(**columns: list[str]) -> set[str]:
    return {hint["kind"] for hint in hints_in(**columns)}


@pytest.mark.attack("S26")
@pytest.mark.parametrize(
    ("kind", "personal", "harmless"),
    [
        ("email", "ana.silva{n}@example.org", "ana.silva{n} at example"),
        ("iban", "DE89370400440532013000", "DE88370400440532013000"),
        ("card_number", "4111 1111 1111 1111", "4111 1111 1111 1112"),
        ("ip_address", "10.0.{n}.7", "10.0.{n}.777"),
        ("phone", "+351 912 345 6{n}", "351 912"),
        ("phone", "(555) 123-45{n}", "2026-11-21"),
        ("social_security", "078-05-11{n}", "078-05-11"),
    ],
)
def test_column_of_personal_form_is_hinted_and_one_a_little_different_is_not(
    kind: str, personal: str, harmless: str
) -> None:
    def cells(form: str) -> list[str]:
        return [form.format(n=10 + row % 90) for row in range(ROWS)]

    found = [hint for hint in hints_in(who=cells(personal), x=NOISE) if hint["column"] == "who"]

    assert [(hint["kind"], hint["share"]) for hint in found] == [(kind, 1.0)]
    assert kinds_in(who=cells(harmless), x=NOISE) == set()


def test_name_of_a_column_is_a_hint_where_its_cells_say_nothing() -> None:
    assert kinds_in(Last_Name=LABELS, x=NOISE) == {"personal_name"}
    assert kinds_in(petal_width=LABELS, x=NOISE) == set()


def test_few_addresses_among_other_texts_are_no_hint() -> None:
    cells = [f"a{row}@b.org" if row % 5 == 0 else f"free text {row % 40}" for row in range(ROWS)]

    assert "email" not in kinds_in(remark=cells, x=NOISE)


def test_column_that_tells_the_label_is_hinted_and_noise_is_not() -> None:
    leak = [f"{(label == 'sick') + DICE.random() / 10:.5f}" for label in LABELS]

    found = hints_in(leak=leak, x=NOISE, outcome=LABELS)

    assert [(hint["kind"], hint["column"], hint["other"]) for hint in found] == [("tells", "leak", "outcome")]
    assert found[0]["share"] >= 0.98
    assert hints_in(x=NOISE, outcome=LABELS) == []


def test_text_that_tells_the_label_is_hinted_and_one_that_is_different_everywhere_names_the_row() -> None:
    code = ["C50" if label == "sick" else "Z00" for label in LABELS]

    assert {(hint["kind"], hint["column"]) for hint in hints_in(code=code, outcome=LABELS, x=NOISE)} == {
        ("tells", "code"),
        ("tells", "outcome"),
    }
    assert kinds_in(note=[f"note {row}" for row in range(ROWS)], outcome=LABELS) == {"identifier"}


def test_class_that_is_nearly_all_is_told_by_nothing() -> None:
    rare = ["sick" if row < 20 else "well" for row in range(ROWS)]
    leak = ["1.5" if cell == "sick" else "0.5" for cell in rare]

    assert "tells" not in kinds_in(leak=leak, x=NOISE, outcome=rare)


def test_row_numbers_and_copies_of_columns_and_rows_are_hinted() -> None:
    numbers = [str(row) for row in range(ROWS)]

    assert kinds_in(number=numbers, x=NOISE) == {"identifier"}
    assert kinds_in(number=DICE.sample(numbers, ROWS), x=NOISE) == set()
    assert [(hint["kind"], hint["other"]) for hint in hints_in(x=NOISE, again=NOISE)] == [("same_as", "x")]
    (repeated,) = hints_in(x=[*NOISE[:300], *NOISE[:100]])
    assert (repeated["kind"], repeated["share"]) == ("repeated_rows", 0.5)


def test_hints_of_a_wide_table_of_long_cells_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "LOOKED_AT_CELLS", 5 * ROWS)
    wide = {f"mail {number}": [f"a{row}@b{'c' * 99}.org" for row in range(ROWS)] for number in range(100)}

    assert len(hints_in(**wide)) == hints.MOST_HINTS


def test_long_cells_that_differ_at_their_end_alone_are_different() -> None:
    cells = ["x" * 200 + str(row) for row in range(ROWS)]

    assert kinds_in(text=cells, x=LABELS) == {"identifier"}


def test_chosen_label_keeps_the_hints_about_it_alone() -> None:
    code = ["C50" if label == "sick" else "Z00" for label in LABELS]
    text = "code,outcome,x\n" + "".join(
        f"{one},{other},{x}\n" for one, other, x in zip(code, LABELS, NOISE, strict=True)
    )
    profile = read_profile(profile_table(io.BytesIO(text.encode())))

    assert [hint.column for hint in with_label(profile, "outcome").hints] == ["code"]


@pytest.mark.attack("S32")
def test_hints_about_private_rows_are_told_as_far_as_their_part_is_shown() -> None:
    text = "mail,outcome,copy\n" + "".join(f"a{row % 90}@b.org,{x},{x}\n" for row, x in enumerate(LABELS))
    profile = read_profile(profile_table(io.BytesIO(text.encode()), salted=True))

    def told(*shown: Shown) -> set[str]:
        return {hint.kind for hint in disclosed(profile, shown).hints}

    assert told() == set()
    assert told(Shown.COUNTS) == {"repeated_rows"}
    assert told(Shown.COLUMNS) == {"email"}
    assert told(*Shown) == {"email", "repeated_rows", "same_as", "tells"}
