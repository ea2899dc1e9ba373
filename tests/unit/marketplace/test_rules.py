"""Amounts, terms, states and licences of the market."""

import hashlib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.bodies import read_body
from common.errors import InvalidInput
from marketplace.licences import licence_hash, read_licence, spdx_page
from marketplace.rules.amounts import amount_text, split_by_parts
from marketplace.rules.terms import ListingTerms, PublicationTerms, PurchaseTerms
from marketplace.rules.trade import ListingState, is_pass_usable, listing_state

PROVIDER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
CONTRIBUTOR = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
PUBLICATION: dict[str, Any] = {
    "title": "Breast cancer",
    "description": "Cell nuclei.\nThirty features.",
    "licence": "CC-BY-4.0",
    "label_column": "diagnosis",
    "allow_download": False,
    "allow_compute": True,
    "rows_in_model": "public",
    "standing_consent": True,
    "payees": [{"address": PROVIDER, "parts": 7000}, {"address": CONTRIBUTOR, "parts": 3000}],
    "job_fee": {"token": PROVIDER, "amount": "1000000"},
    "royalty_bps": 250,
}


@pytest.mark.parametrize(
    ("units", "decimals", "symbol", "text"),
    [
        (25_000_000, 6, "TUSD", "25 TUSD"),
        (1, 6, "TUSD", "0.000001 TUSD"),
        (1_234_567_890_000, 6, "TUSD", "1,234,567.89 TUSD"),
        (10**19, 18, "ETH", "10 ETH"),
        (5, 0, "X", "5 X"),
        (5, None, None, "5 base units"),
    ],
)
def test_amount_text_keeps_every_digit(
    units: int, decimals: int | None, symbol: str | None, text: str
) -> None:
    assert amount_text(units, decimals, symbol) == text


@given(
    amount=st.integers(0, 2**256 - 1),
    cuts=st.lists(st.integers(1, 9_999), max_size=7, unique=True),
)
def test_split_by_parts_adds_up_to_the_whole(amount: int, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 10_000]
    parts = [high - low for low, high in pairwise(edges)]

    shares = split_by_parts(amount, parts)

    assert sum(shares) == amount
    assert all(share >= amount * part // 10_000 for share, part in zip(shares, parts, strict=True))


def test_publication_terms_are_read() -> None:
    terms = read_body(PublicationTerms, PUBLICATION)

    assert terms.job_fee is not None
    assert (terms.job_fee.amount, terms.payees[1].parts, terms.algorithms) == (1_000_000, 3_000, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "printable"),
        ({"title": "a\nb"}, "printable"),
        ({"title": "a\u202eb"}, "printable"),
        ({"title": "x" * 201}, "200"),
        ({"description": "\x00"}, "printable"),
        ({"description": "x" * 5001}, "5000"),
        ({"keywords": ["a"] * 21}, "20"),
        ({"allow_compute": False}, "allows nothing"),
        ({"allow_compute": "yes"}, "boolean"),
        ({"rows_in_model": "maybe"}, "never"),
        ({"algorithms": ["QSVM"]}, "short name"),
        ({"algorithms": ["qsvm", "qsvm"]}, "twice"),
        ({"algorithms": [f"a{n}" for n in range(17)]}, "16"),
        ({"payees": []}, "1"),
        ({"payees": [{"address": PROVIDER, "parts": 9_999}]}, "add to 9,999"),
        ({"payees": [{"address": PROVIDER, "parts": 5_000}] * 2}, "twice"),
        (
            {"payees": [{"address": PROVIDER, "parts": 0}, {"address": CONTRIBUTOR, "parts": 10_000}]},
            "greater",
        ),
        ({"payees": [{"address": PROVIDER, "parts": 10_000.0}]}, "integer"),
        ({"royalty_bps": 1_001}, "1000"),
        ({"royalty_bps": -1}, "0"),
        ({"job_fee": {"token": PROVIDER, "amount": "-1"}}, "amount"),
        ({"price": "1"}, "no such key"),
    ],
)
def test_publication_terms_that_break_a_rule_are_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_body(PublicationTerms, {**PUBLICATION, **change})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"right": "predict"}, "right"),
        ({"price": "1.5"}, "price"),
        ({"price": -1}, "price"),
        ({"stock": 2**32}, "stock"),
        ({"pass_seconds": str(2**64)}, "pass_seconds"),
        ({"version": 0}, "version"),
        ({"payment_token": "TUSD"}, "payment_token"),
    ],
)
def test_listing_terms_name_the_wrong_field(change: dict[str, Any], field: str) -> None:
    good = {"right": "compute", "price": "25000000", "payment_token": PROVIDER}
    assert read_body(ListingTerms, good).pass_uses == 0

    with pytest.raises(InvalidInput) as refusal:
        read_body(ListingTerms, {**good, **change})

    assert refusal.value.field == field


def test_purchase_terms_a_permit_goes_with_what_was_signed_for() -> None:
    permit = {"deadline": "1", "signature": "0x"}
    assert read_body(PurchaseTerms, {"mode": "permit", "permit": permit, "max_price": "1", "version": 1})

    with pytest.raises(InvalidInput, match="max_price"):
        read_body(PurchaseTerms, {"mode": "permit", "permit": permit})
    with pytest.raises(InvalidInput, match="mode"):
        read_body(PurchaseTerms, {"mode": "approve", "permit": permit, "max_price": "1", "version": 1})


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, ListingState.OPEN),
        ({"is_delisted": True, "subject_stands": False}, ListingState.DELISTED),
        ({"subject_stands": False, "is_replaced": True}, ListingState.LAPSED),
        ({"is_replaced": True}, ListingState.REPLACED),
        ({"closes_at": 100}, ListingState.OPEN),
        ({"closes_at": 99}, ListingState.CLOSED),
        ({"stock": 2, "sold": 1}, ListingState.OPEN),
        ({"stock": 2, "sold": 2}, ListingState.SOLD_OUT),
    ],
)
def test_listing_state_follows_the_contract(facts: dict[str, Any], state: ListingState) -> None:
    plain = {
        "is_delisted": False,
        "subject_stands": True,
        "is_replaced": False,
        "closes_at": 0,
        "stock": 0,
        "sold": 0,
    }

    assert listing_state(now=100, **{**plain, **facts}) == state


@pytest.mark.parametrize(
    ("facts", "usable"),
    [
        ({}, True),
        ({"is_revoked": True}, False),
        ({"expires_at": 101}, True),
        ({"expires_at": 100}, False),
        ({"uses_total": 1, "uses_left": 1}, True),
        ({"uses_total": 1, "uses_left": 0}, False),
    ],
)
def test_is_pass_usable_follows_the_contract(facts: dict[str, Any], usable: bool) -> None:
    plain = {"is_revoked": False, "expires_at": 0, "uses_total": 0, "uses_left": 0, "now": 100}

    assert is_pass_usable(**{**plain, **facts}) == usable


@pytest.mark.parametrize(
    ("written", "normal"),
    [("CC-BY-4.0", "CC-BY-4.0"), ("cc-by-4.0", "CC-BY-4.0"), ("MIT or Apache-2.0", "MIT OR Apache-2.0")],
)
def test_read_licence_gives_the_normal_spelling(written: str, normal: str) -> None:
    assert read_licence(written) == normal


@pytest.mark.parametrize(
    "wrong", ["", " ", "free", "CC-BY-9.0", "MIT AND", "((((", "MIT\n", "M" * 201, "GPL WITH x"]
)
def test_read_licence_unknown_to_spdx_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_licence(wrong)

    assert refusal.value.field == "licence"


def test_licence_hash_is_of_the_expressions_text() -> None:
    assert licence_hash("MIT") == "0x" + hashlib.sha256(b"MIT").hexdigest()
    assert spdx_page("MIT") == "https://spdx.org/licenses/MIT.html"
    assert spdx_page("MIT OR Apache-2.0") is None
