"""The dataset pages with no rows, one, and many."""

import json

import pytest
from django.template.loader import render_to_string
from django.test import Client

from marketplace.models import Dataset
from marketplace.store import content_store
from tests.fakes import rows

pytestmark = pytest.mark.django_db


def test_catalogue_without_datasets_says_how_to_publish_one(reader: Client) -> None:
    page = reader.get("/datasets")

    assert page.status_code == 200
    assert "No dataset has been published yet" in page.text


def test_catalogue_with_one_dataset_shows_title_price_and_licence(reader: Client) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)

    page = reader.get("/datasets")

    for words in ("Breast cancer Wisconsin", "25 TUSD", "CC-BY-4.0", 'href="/datasets/1"'):
        assert words in page.text


def test_catalogue_with_many_datasets_pages_to_the_oldest(reader: Client) -> None:
    for token_id in range(1, 42):
        rows.add_dataset(token_id, title=f"Set no. {token_id}")

    first = reader.get("/datasets")
    second = reader.get("/datasets?before=22")
    last = reader.get("/datasets?before=2")

    assert 'href="/datasets?before=22"' in first.text
    assert "Set no. 41" in first.text
    assert "Set no. 21<" not in first.text
    assert 'href="/datasets?before=2"' in second.text
    assert "Set no. 1<" in last.text
    assert "Older" not in last.text
    assert "Newest" in last.text


def test_search_finds_by_word_and_says_so_when_nothing_matches(reader: Client) -> None:
    rows.add_dataset(1)
    rows.add_dataset(2, title="Iris", description="Flowers.", keywords=[])

    assert "Iris" in reader.get("/datasets?q=flowers").text
    assert "Breast" not in reader.get("/datasets?q=flowers").text
    assert "Nothing mentions that" in reader.get("/datasets?q=zebra").text


@pytest.mark.parametrize("query", ["before=x", "before=99999999999999999999", "q=" + "a" * 300, "q=%00"])
def test_catalogue_with_a_senseless_query_answers_in_words(reader: Client, query: str) -> None:
    page = reader.get(f"/datasets?{query}")

    assert page.status_code == 400
    assert "Show all" in page.text


def test_dataset_page_shows_columns_terms_people_and_how_to_check(reader: Client) -> None:
    rows.add_dataset(1)
    rows.add_listing(1)

    text = reader.get("/datasets/1").text

    for words in (
        "The price buys the right, not secrecy",
        "mean radius 1",
        "data:image/svg+xml;base64,",
        "qubits, angle encoding",
        "<dt>of the variance they keep</dt><dd>79 %</dd>",
        "Never expires, unlimited uses",
        "python -m storage cid",
        "90 %",
        "DatasetToken.versionOf(1, 1)",
        "/api/v1/datasets/1/croissant",
    ):
        assert words in text


def test_dataset_page_without_read_metadata_still_shows_the_chains_facts(reader: Client) -> None:
    rows.add_dataset(1, title="", state="UNREAD", profile=None)

    text = reader.get("/datasets/1").text

    assert "The metadata document was not read yet" in text
    assert rows.digest("content 1") in text


def test_dataset_page_of_a_retired_dataset_says_so(reader: Client) -> None:
    rows.add_dataset(1)
    with rows.projecting():
        Dataset.objects.update(is_retired=True)

    assert "Retired by its owner" in reader.get("/datasets/1").text


def test_croissant_in_the_page_cannot_close_its_block(reader: Client) -> None:
    document = json.dumps({"name": "</script><script>alert(1)</script>"}).encode()
    cid = content_store().add_block(document)
    rows.add_dataset(1, document="0x" + cid.digest.hex())

    text = reader.get("/datasets/1").text

    assert "\\u003C/script\\u003E" in text
    assert "<script>alert" not in text


def test_page_of_a_fault_needs_nothing_that_may_be_broken() -> None:
    text = render_to_string("500.html")

    assert "Nothing on the chain has changed" in text
    assert "(id )" not in text


@pytest.mark.parametrize(
    "address", ["/datasets/7", "/datasets/99999999999999999999999", "/datasets/x", "/nothing"]
)
def test_address_without_a_dataset_answers_404_in_words(reader: Client, address: str) -> None:
    page = reader.get(address)

    assert page.status_code == 404
    assert "There is nothing at this address" in page.text
