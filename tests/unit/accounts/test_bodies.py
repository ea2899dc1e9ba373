"""Request bodies: amounts, addresses, unknown keys."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.bodies import Address, Body, Units, read_address, read_body, read_units
from common.errors import InvalidInput

SELLER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


class Offer(Body):
    seller: Address
    price: Units
    note: str = ""


def test_read_body_gives_the_typed_value() -> None:
    offer = read_body(Offer, {"seller": SELLER.lower(), "price": "25000000"})

    assert (offer.seller, offer.price) == (SELLER, 25_000_000)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"price": "1"}, "seller"),
        ({"seller": SELLER, "price": "1", "prize": "2"}, "prize"),
        ({"seller": SELLER, "price": "1.5"}, "price"),
        ({"seller": SELLER, "price": 1.0}, "price"),
        ({"seller": SELLER, "price": None}, "price"),
        ({"seller": SELLER, "price": "1", "note": 7}, "note"),
        ({"seller": "me", "price": "1"}, "seller"),
    ],
)
def test_read_body_names_the_field_that_is_wrong(content: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_body(Offer, content)

    assert refusal.value.field == field


@pytest.mark.parametrize("content", [None, [], "text", 7, [{"seller": SELLER}]])
def test_read_body_that_is_no_object_is_refused(content: Any) -> None:
    with pytest.raises(InvalidInput, match="JSON object"):
        read_body(Offer, content)


@given(st.integers(0, 2**256 - 1))
def test_read_units_text_and_number_agree(units: int) -> None:
    assert read_units(str(units)) == read_units(units) == units


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "-1",
        "+1",
        "01",
        "1e3",
        "0x1",
        " 1",
        "1 ",
        "1_0",
        "١",
        "9" * 79,
        str(2**256),
        -1,
        True,
        1.0,
        None,
        [],
    ],
)
def test_read_units_anything_else_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="amount"):
        read_units(wrong)


@pytest.mark.parametrize("form", [SELLER, SELLER.lower(), "0x" + SELLER[2:].upper()])
def test_read_address_gives_checksum_case(form: str) -> None:
    assert read_address(form) == SELLER


@pytest.mark.parametrize(
    "wrong", ["", SELLER[2:], SELLER[:-1], SELLER.replace("5aA", "5AA"), "0x" + "g" * 40, 7, None]
)
def test_read_address_typing_error_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="address"):
        read_address(wrong)
