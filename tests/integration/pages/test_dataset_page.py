"""A dataset's page beyond its schema: who truly bought, what a purchase costs, what machines read."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from chain.errors import NodeUnavailable
from common.errors import Conflict
from marketplace.models import CatalogueEntry, Purchase, Right
from marketplace.selectors.gas import GasCost
from marketplace.selectors.usage import history_of, usage_of
from marketplace.services.purchases import PayeeShare, Quote
from marketplace.views import datasets
from tests.fakes import rows

pytestmark = pytest.mark.django_db
QUOTE = Quote(25_000_000, 625_000, 0, (PayeeShare(rows.PROVIDER, 10_000, 24_375_000),))


def add_sale(pass_id: int, buyer: str, *, price: int = 25_000_000, dataset: int = 1) -> None:
    with rows.projecting():
        Purchase.objects.create(
            pass_id=pass_id,
            listing_id=1,
            buyer=buyer,
            subject_kind=0,
            subject_id=dataset,
            version=1,
            payment_token=rows.DOLLAR,
            price_units=price,
            treasury_fee_units=price // 40,
            royalty_units=0,
            bought_block=rows.BLOCK,
            bought_at=datetime.fromtimestamp(rows.NOW - 100, UTC),
            bought_tx=rows.digest(f"buy {pass_id}"),
        )


def structured(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.attack("S27")
def test_usage_counts_strangers_that_paid_and_each_of_them_once() -> None:
    dataset = rows.add_dataset(1)
    add_sale(1, rows.RESEARCHER)
    add_sale(2, rows.EXECUTOR)

    assert (usage_of(dataset).passes_sold, usage_of(dataset).buyers) == (2, 2)


@pytest.mark.attack("S27")
@pytest.mark.parametrize(
    ("buyer", "price"),
    [
        (rows.RESEARCHER, 25_000_000),
        (rows.PROVIDER, 25_000_000),
        (rows.MEMBER, 25_000_000),
        (rows.EXECUTOR, 0),
    ],
    ids=["again", "owner", "payee", "free"],
)
def test_usage_is_not_raised_by_washing(reader: Client, buyer: str, price: int) -> None:
    dataset = rows.add_dataset(1)
    rows.add_listing(1)
    add_sale(1, rows.RESEARCHER)

    for pass_id in range(2, 12):
        add_sale(pass_id, buyer, price=price)

    assert (usage_of(dataset).passes_sold, usage_of(dataset).buyers) == (11, 1)
    assert CatalogueEntry.objects.get(pk=1).buyers == 1
    page = reader.get("/datasets/1").text
    assert "11 passes sold; 1 buyer." in page
    assert "a buyer is a wallet that paid, is not the owner and is paid nothing by the dataset" in page


@pytest.mark.attack("S27")
def test_sellers_history_does_not_count_its_own_purchases() -> None:
    rows.add_dataset(1)
    rows.add_dataset(2)
    add_sale(1, rows.PROVIDER)
    add_sale(2, rows.RESEARCHER)
    add_sale(3, rows.RESEARCHER, dataset=2)

    history = history_of(rows.PROVIDER)

    assert (history.datasets, history.passes_sold, history.buyers) == (2, 3, 1)


def test_price_is_shown_with_every_share_and_the_gas(reader: Client, monkeypatch) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)
    monkeypatch.setattr(datasets, "quote", lambda listing: QUOTE)
    monkeypatch.setattr(datasets, "purchase_gas", lambda: GasCost(320_000, 10**9))

    text = reader.get("/datasets/1").text

    for words in ("24.375 TUSD", "Treasury", "0.625 TUSD", "You pay", "0.00032 ETH"):
        assert words in text


@pytest.mark.fault("F12")
def test_node_that_is_away_is_asked_once_and_costs_only_shares_and_gas(reader: Client, monkeypatch) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)
    rows.add_listing(2, right=Right.DOWNLOAD)
    asked = []

    def away(listing: Any) -> Quote:
        asked.append(listing)
        raise NodeUnavailable("the node did not answer")

    monkeypatch.setattr(datasets, "quote", away)

    text = reader.get("/datasets/1").text

    assert len(asked) == 1
    assert text.count('<p class="price">') == 2
    assert "You pay" not in text


def test_listing_that_the_contract_refuses_hides_its_own_shares_only(reader: Client, monkeypatch) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)
    rows.add_listing(2, right=Right.DOWNLOAD)

    def second_only(listing: Any) -> Quote:
        if listing.listing.listing_id == 2:
            return QUOTE
        raise Conflict("it has closed")

    monkeypatch.setattr(datasets, "quote", second_only)

    assert reader.get("/datasets/1").text.count("You pay") == 1


def test_structured_data_is_a_schema_org_dataset_with_its_offer(reader: Client) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)

    found = structured(reader.get("/datasets/1").text)

    assert (found["@type"], found["name"]) == ("Dataset", "Breast cancer Wisconsin")
    assert found["identifier"][0] == f"eip155:31337/erc721:{rows.address(25)}/1"
    assert found["identifier"][1].startswith("ipfs://bafkrei")
    assert (found["offers"][0]["price"], found["offers"][0]["priceCurrency"]) == ("25", "TUSD")
    assert found["isAccessibleForFree"] is False


def test_terms_are_an_odrl_offer_that_agrees_with_the_chain(reader: Client) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)

    answer = reader.get("/api/v1/datasets/1/terms")
    offer = answer.json()

    assert answer["Content-Type"] == "application/ld+json"
    assert offer["@type"] == "Offer"
    assert [each["action"] for each in offer["permission"]] == ["derive"]
    paid = offer["permission"][0]["duty"][0]["action"][0]["refinement"][0]
    assert paid["rightOperand"]["@value"] == "25000000"
    assert paid["unit"].startswith("eip155:31337/erc20:0x")


def test_page_offers_citation_code_history_and_a_report(reader: Client) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)
    add_sale(1, rows.RESEARCHER)

    text = reader.get("/datasets/1").text

    for words in (
        "@misc{qommons-dataset-1-v1,",
        "cff-version: 1.2.0",
        "pandas.read_csv",
        "zz_feature_map(2, reps=2)",
        "Pass 1 bought",
        "Minted with version 1",
        "/proposals/new/delist?listing=1&amp;reason=Dataset%201%3A%20",
        "<strong>6 of 8</strong>; missing: a description of 100 characters or more, rows to look at",
    ):
        assert words in text


def test_sealed_dataset_shows_no_code_that_could_not_run(reader: Client) -> None:
    rows.add_dataset(1, is_sealed=True)

    text = reader.get("/datasets/1").text

    assert "Its bytes are sealed" in text
    assert "read_csv" not in text


def test_report_of_a_listing_opens_a_form_that_names_it(reader: Client) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)

    form = reader.get("/proposals/new/delist?listing=1&reason=Dataset%201%3A%20")

    assert form.status_code == 200
    assert "Dataset 1: " in form.text


def test_page_with_many_sales_listings_and_versions_takes_no_more_queries(
    reader: Client, django_assert_max_num_queries
) -> None:
    rows.add_dataset(1)
    for listing_id in range(1, 31):
        rows.add_listing(listing_id)
    for pass_id in range(1, 201):
        add_sale(pass_id, rows.address(10 + pass_id % 80))

    with django_assert_max_num_queries(45):
        page = reader.get("/datasets/1")

    assert "200 passes sold" in page.text
    assert "All listings" in page.text
