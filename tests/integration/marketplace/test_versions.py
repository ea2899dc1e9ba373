"""Further versions of a dataset on the contracts: who may add one, what it names, what is inherited."""

import io
from typing import Any

import pytest

from common.strict_json import strict_loads
from common.tables.merkle import prove_row
from common.tables.reading import open_table
from marketplace.store import content_store
from storage.cid import Cid
from tests.integration.marketplace.acts import (
    TABLE,
    ApiWallet,
    Market,
    code_of,
    publication_terms,
    publish,
    transfer,
)
from tests.integration.marketplace.private import make_release_key, upload_privately

SECOND = TABLE.replace(b"9.5,12.44,benign\n", b"9.75,12.5,benign\n11.5,13.5,malignant\n")


def add_version(
    market: Market, provider: ApiWallet, token_id: str, content: bytes = SECOND, **words: Any
) -> dict[str, Any]:
    upload = provider.upload(content, name="second.csv").json()
    answer = provider.post(f"uploads/{upload['id']}/version", {"dataset": token_id, **words})
    assert answer.status_code == 201, answer.content
    market.send(provider, answer.json()["transaction"])
    return answer.json()


def document_of(cid: str) -> dict[str, Any]:
    return strict_loads(content_store().read_block(Cid.parse(cid)))


def test_second_version_names_its_parent_and_inherits_its_words(market: Market, provider: ApiWallet) -> None:
    token_id = publish(market, provider.sign_in())
    first = provider.get(f"datasets/{token_id}/versions/1").json()

    prepared = add_version(market, provider, token_id)

    second = provider.get(f"datasets/{token_id}").json()["newest_version"]
    assert (second["number"], prepared["number"]) == (2, 2)
    assert second["metadata"]["title"] == first["metadata"]["title"]
    assert second["metadata"]["label_column"] == "diagnosis"
    document = document_of(prepared["metadata_cid"])
    assert document["isBasedOn"] == f"ipfs://{first['metadata_cid']}"
    assert document["version"] == "2.0.0"
    assert provider.get("uploads").json()["results"][0]["file_name"] == "second.csv"


def test_row_of_the_second_version_is_proved_by_what_the_chain_names_and_not_in_the_first(
    market: Market, provider: ApiWallet
) -> None:
    token_id = publish(market, provider.sign_in())
    add_version(market, provider, token_id)
    roots = [
        provider.get(f"datasets/{token_id}/versions/{number}").json()["profile"]["row_tree"]["root"]
        for number in (1, 2)
    ]

    cid = provider.get(f"datasets/{token_id}/versions/2").json()["content_cid"]
    kept = io.BytesIO(b"".join(content_store().open(Cid.parse(cid))))
    proof = prove_row(open_table(kept), 4, None)

    assert (proof.cells, proof.holds()) == (["11.5", "13.5", "malignant"], True)
    assert [proof.root == root for root in roots] == [False, True]


@pytest.mark.attack("S36")
def test_version_by_a_stranger_or_of_the_same_bytes_is_refused_and_by_the_owner_taken(
    market: Market, provider: ApiWallet, stranger: ApiWallet
) -> None:
    token_id = publish(market, provider.sign_in())
    theirs = stranger.sign_in().upload(SECOND).json()
    same = provider.get("uploads").json()["results"][0]

    foreign = stranger.post(f"uploads/{theirs['id']}/version", {"dataset": token_id})
    not_mine = stranger.post(f"uploads/{same['id']}/version", {"dataset": token_id})
    again = provider.post(f"uploads/{same['id']}/version", {"dataset": token_id})
    nowhere = provider.post(f"uploads/{same['id']}/version", {"dataset": "999"})

    assert (foreign.status_code, code_of(foreign)) == (403, "not_the_owner")
    assert (not_mine.status_code, nowhere.status_code) == (404, 404)
    assert (again.status_code, code_of(again)) == (409, "same_bytes")
    assert add_version(market, provider, token_id)["number"] == 2


def test_version_after_a_transfer_is_the_new_owner_s_to_add(
    market: Market, provider: ApiWallet, researcher: ApiWallet
) -> None:
    token_id = publish(market, provider.sign_in())
    transfer(market, provider, researcher, token_id)
    upload = provider.upload(SECOND).json()

    refused = provider.post(f"uploads/{upload['id']}/version", {"dataset": token_id})

    assert code_of(refused) == "not_the_owner"
    assert add_version(market, researcher.sign_in(), token_id)["number"] == 2


def test_changes_are_told_by_the_api_and_the_page(market: Market, provider: ApiWallet) -> None:
    token_id = publish(market, provider.sign_in())
    wider = SECOND.replace(b"radius,", b"size,radius,").replace(b"\n", b"\n1,").rstrip(b"1,")
    add_version(market, provider, token_id)
    add_version(market, provider, token_id, wider)

    second = provider.get(f"datasets/{token_id}/versions/2/changes").json()
    third = provider.get(f"datasets/{token_id}/versions/3/changes", **{"from": "1"}).json()
    page = provider.client.get(f"/datasets/{token_id}/versions/2/changes").content.decode()
    dataset = provider.client.get(f"/datasets/{token_id}").content.decode()

    assert (second["from"], second["to"], second["problem"]) == (1, 2, "")
    assert second["rows"]["first_removed"] == [["9.5", "12.44", "benign"]]
    counts = [second["rows"][name] for name in ("rows_added", "rows_removed", "rows_kept")]
    assert counts == [2, 1, 2]
    assert (third["from"], third["columns_added"], third["columns_removed"]) == (1, ["size"], [])
    assert third["rows"]["rows_kept"] == 2
    assert "<strong>2</strong> added" in page
    assert "12.44" in page
    assert f'href="/datasets/{token_id}/versions/3/changes"' in dataset
    root = provider.get(f"datasets/{token_id}/versions/3").json()["profile"]["row_tree"]["root"]
    assert f'data-row-root="{root}"' in dataset


def test_changes_of_what_is_not_there_are_not_there(market: Market, provider: ApiWallet) -> None:
    token_id = publish(market, provider.sign_in())

    for path in (f"{token_id}/versions/2", "999/versions/1", f"{token_id}/versions/1/changes?from=7"):
        whole = path if path.endswith("7") else f"{path}/changes"
        assert provider.client.get(f"/datasets/{whole}").status_code == 404
        assert provider.client.get(f"/api/v1/datasets/{whole}").status_code == 404
    first = provider.get(f"datasets/{token_id}/versions/1/changes").json()
    assert (first["rows"]["rows_kept"], first["rows"]["rows_added"]) == (3, 0)


@pytest.mark.attack("S32")
def test_changes_of_private_data_show_no_row(market: Market, provider: ApiWallet, settings, tmp_path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()
    token_id = publish(market, provider.sign_in())
    upload = upload_privately(provider, SECOND, shown=["columns"]).json()
    answer = provider.post(f"uploads/{upload['id']}/version", {"dataset": token_id})
    market.send(provider, answer.json()["transaction"])

    told = provider.get(f"datasets/{token_id}/versions/2/changes").json()
    page = provider.client.get(f"/datasets/{token_id}/versions/2/changes").content.decode()

    assert (told["rows"], told["columns_added"], told["columns_removed"]) == (None, [], [])
    assert "private data" in told["problem"]
    assert "12.44" not in page


@pytest.mark.attack("S25")
def test_copy_with_shuffled_rows_is_flagged_on_its_page_and_the_first_one_is_not(
    market: Market, provider: ApiWallet, researcher: ApiWallet
) -> None:
    first = publish(market, provider.sign_in())
    copy = b"diagnosis,texture,radius\nbenign,12.44,9.5\nmalignant,10.38,17.99\nbenign,14.36,13.54\n"
    second = publish_file(market, researcher.sign_in(), copy)
    other = publish_file(market, researcher, b"diagnosis,b\nx,1\ny,2\nz,3\n")

    pages = [
        provider.client.get(f"/datasets/{token_id}").content.decode() for token_id in (first, second, other)
    ]

    told = [f'of its rows were published before</strong>, in <a href="/datasets/{first}"' in p for p in pages]
    assert told == [False, True, False]
    assert "About 100 % of its rows" in pages[1]


def publish_file(market: Market, owner: ApiWallet, content: bytes) -> str:
    upload = owner.upload(content).json()
    answer = owner.post(f"uploads/{upload['id']}/publication", publication_terms(owner, market.dollar))
    market.send(owner, answer.json()["transaction"])
    return owner.get("datasets").json()["results"][0]["token_id"]
