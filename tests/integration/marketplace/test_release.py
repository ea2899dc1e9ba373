"""Release of private data: to whom the chain entitles, as long as it does, and each time noted."""

import gc
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client, RequestFactory, override_settings

from chain.bindings import access_pass, dataset_token, erc20
from marketplace.errors import NotReleased
from marketplace.models import ContentKey, ReleaseEntry, ReleaseGrant
from marketplace.release import service
from storage.age.files import unseal
from storage.age.keys import Identity
from storage.cid import Cid
from tests.integration.marketplace.acts import ApiWallet, Market, code_of, transfer
from tests.integration.marketplace.private import (
    SEALED_ROWS,
    PrivateDataset,
    buy_right,
    bytes_of,
    make_release_key,
    mint,
    release,
    settle_deep,
    upload_privately,
)

NOTHING = {"code": "not_released", "message": "there is nothing to release here for you", "field": None}


@pytest.fixture
def minted(market: Market, provider: ApiWallet, researcher: ApiWallet, settings, tmp_path) -> dict[str, Any]:
    """A private dataset on chain, large enough for several pieces."""
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()
    provider.sign_in()
    researcher.sign_in()
    upload = upload_privately(provider, SEALED_ROWS).json()
    return {**upload, "token_id": mint(market, provider, upload)}


@pytest.fixture
def bought(
    market: Market, provider: ApiWallet, researcher: ApiWallet, minted: dict[str, Any]
) -> PrivateDataset:
    pass_id = buy_right(market, provider, researcher, minted["token_id"], "download")
    settle_deep(market)
    return PrivateDataset(minted["token_id"], minted, pass_id)


def grant(buyer: ApiWallet, dataset: PrivateDataset, **terms: Any) -> str:
    answer = buyer.post(dataset.grants, terms)
    assert answer.status_code == 201, answer.content
    return answer.json()["url"]


def revoke(market: Market, provider: ApiWallet, dataset: PrivateDataset) -> None:
    market.call(provider, approve_refund(market))
    passes = market.deployment.address_of("AccessPass")
    market.call(provider, access_pass.REVOKE.call(passes, passId=int(dataset.pass_id)))


def approve_refund(market: Market) -> Any:
    return erc20.APPROVE.call(market.dollar, spender=market.deployment.address_of("AccessPass"), value=10**12)


def test_holder_of_a_download_pass_gets_the_rows_opened(bought: PrivateDataset, researcher: ApiWallet):
    answer = release(grant(researcher, bought))

    assert (answer.status_code, bytes_of(answer)) == (200, SEALED_ROWS)
    assert answer["Content-Length"] == str(len(SEALED_ROWS))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith("attachment")


def test_holder_gets_a_file_sealed_to_its_own_key_with_the_payload_unchanged(
    bought: PrivateDataset, researcher: ApiWallet
):
    identity = Identity.generate()
    url = grant(researcher, bought, recipient=str(identity.recipient))

    sealed = bytes_of(release(url))

    assert b"".join(unseal(io.BytesIO(sealed), [identity])) == SEALED_ROWS
    public = bytes_of(Client().get(f"/ipfs/{bought.upload['cid']}"))
    payload = public.split(b"\n--- ", 1)[1].split(b"\n", 1)[1]
    assert sealed.endswith(payload)


@pytest.mark.parametrize("is_sealed", [True, False])
def test_ranges_of_one_grant_fit_together(bought: PrivateDataset, researcher: ApiWallet, is_sealed: bool):
    terms = {"recipient": str(Identity.generate().recipient)} if is_sealed else {}
    url = grant(researcher, bought, **terms)
    whole = bytes_of(release(url))

    middle = release(url, Range="bytes=1000-1999999")
    end = release(url, Range="bytes=-70000")

    assert (middle.status_code, bytes_of(middle)) == (206, whole[1000:2_000_000])
    assert middle["Content-Range"] == f"bytes 1000-1999999/{len(whole)}"
    assert bytes_of(end) == whole[-70000:]
    past = release(url, Range=f"bytes={len(whole)}-")
    assert (past.status_code, past["Content-Range"]) == (416, f"bytes */{len(whole)}")


def test_no_right_no_dataset_no_version_and_no_key_are_told_alike(
    bought: PrivateDataset, researcher: ApiWallet, stranger: ApiWallet
):
    stranger.sign_in()
    answers = [
        stranger.post(bought.grants),
        stranger.post("datasets/99/versions/1/grants"),
        stranger.post(f"datasets/{bought.token_id}/versions/9/grants"),
        researcher.post(f"datasets/{bought.token_id}/versions/9/grants"),
    ]
    ContentKey.objects.all().delete()
    answers.append(researcher.post(bought.grants))
    answers.append(release("/release/of-no-grant"))

    assert {answer.status_code for answer in answers} == {404}
    assert [answer.json()["error"] for answer in answers] == [NOTHING] * len(answers)
    assert not ReleaseEntry.objects.exists()


def test_compute_pass_releases_nothing_to_its_buyer(
    market: Market, provider: ApiWallet, researcher: ApiWallet, minted: dict[str, Any]
):
    pass_id = buy_right(market, provider, researcher, minted["token_id"], "compute")
    settle_deep(market)

    answer = researcher.post(PrivateDataset(minted["token_id"], minted, pass_id).grants)

    assert (answer.status_code, code_of(answer)) == (404, "not_released")


def test_pass_that_is_not_deep_yet_releases_nothing_and_then_does(
    market: Market, provider: ApiWallet, researcher: ApiWallet, minted: dict[str, Any]
):
    pass_id = buy_right(market, provider, researcher, minted["token_id"], "download")
    dataset = PrivateDataset(minted["token_id"], minted, pass_id)

    early = researcher.post(dataset.grants)
    settle_deep(market)

    assert (early.status_code, researcher.post(dataset.grants).status_code) == (404, 201)


def test_expired_pass_and_expired_grant_release_nothing(
    market: Market, provider: ApiWallet, researcher: ApiWallet, minted: dict[str, Any]
):
    pass_id = buy_right(market, provider, researcher, minted["token_id"], "download", pass_seconds="3600")
    settle_deep(market)
    dataset = PrivateDataset(minted["token_id"], minted, pass_id)
    url, short = grant(researcher, dataset), grant(researcher, dataset)
    ReleaseGrant.objects.filter(pk=ReleaseGrant.objects.latest("pk").pk).update(
        expires_at="2020-01-01T00:00Z"
    )

    assert release(short).json()["error"] == NOTHING
    assert len(bytes_of(release(url, Range="bytes=0-9"))) == 10
    market.node.rpc("evm_increaseTime", 3601)
    market.node.rpc("anvil_mine", "0x1")
    assert release(url).json()["error"] == NOTHING


def test_revocation_stops_the_next_byte(
    market: Market, provider: ApiWallet, researcher: ApiWallet, bought: PrivateDataset
):
    answer = release(grant(researcher, bought))
    pieces = iter(answer.streaming_content)
    first = next(pieces)

    revoke(market, provider, bought)

    with pytest.raises(NotReleased):
        next(pieces)
    assert SEALED_ROWS.startswith(first)
    ended = ReleaseEntry.objects.first()
    assert ended.facts == {"release": 1, "bytes": len(first), "outcome": "right ended"}


@pytest.mark.fault("F12")
def test_reorganisation_that_takes_the_pass_away_stops_the_next_byte(
    market: Market, provider: ApiWallet, researcher: ApiWallet, minted: dict[str, Any]
):
    before = market.node.rpc("evm_snapshot")
    pass_id = buy_right(market, provider, researcher, minted["token_id"], "download")
    settle_deep(market)
    url = grant(researcher, PrivateDataset(minted["token_id"], minted, pass_id))
    pieces = iter(release(url).streaming_content)
    next(pieces)

    market.node.rpc("evm_revert", before)
    market.node.rpc("anvil_mine", "0x20")

    with pytest.raises(NotReleased):
        next(pieces)
    assert release(url).json()["error"] == NOTHING


def test_node_of_another_chain_releases_nothing(bought: PrivateDataset, researcher: ApiWallet, settings):
    url = grant(researcher, bought)
    settings.CHAIN_ID = 1

    assert release(url).status_code >= 400
    assert not ReleaseEntry.objects.exists()


def test_every_release_is_two_entries_with_who_what_and_how_much(
    bought: PrivateDataset, researcher: ApiWallet
):
    url = grant(researcher, bought)
    bytes_of(release(url, Range="bytes=0-99"))

    began, ended = ReleaseEntry.objects.order_by("number")
    assert (began.event, began.facts["holder"], began.facts["cid"]) == (
        "released",
        researcher.address,
        bought.upload["cid"],
    )
    assert (began.facts["first"], began.facts["last"]) == (0, 100)
    assert (ended.event, ended.facts) == ("ended", {"release": 1, "bytes": 100, "outcome": "complete"})
    assert url.rpartition("/")[2] not in str(list(ReleaseEntry.objects.values()))


def test_download_that_is_left_is_logged_where_it_is_closed_and_not_where_memory_is_collected(
    bought: PrivateDataset, researcher: ApiWallet
):
    token = grant(researcher, bought).rpartition("/")[2]
    # Not by the test's client, which closes what it is not told to.
    forgotten = service.GrantedFileView.as_view()(RequestFactory().get("/"), token=token)
    next(iter(forgotten.streaming_content))
    del forgotten
    gc.collect()
    assert [each.event for each in ReleaseEntry.objects.all()] == ["released"]

    left = release(grant(researcher, bought))
    first = next(iter(left.streaming_content))
    left.close()
    left.close()

    ended = ReleaseEntry.objects.first()
    assert ended.facts == {"release": 2, "bytes": len(first), "outcome": "broken off"}
    assert ReleaseEntry.objects.count() == 3


def test_header_for_an_executor_without_a_claim_is_refused(bought: PrivateDataset, stranger: ApiWallet):
    path = f"/release/jobs/1/tasks/0/{stranger.address}/datasets/{bought.token_id}/1"

    assert release(path).json()["error"] == NOTHING


def test_header_for_a_verifier_that_no_dispute_names_is_refused(bought: PrivateDataset, stranger: ApiWallet):
    path = f"/release/disputes/1/{stranger.address}/datasets/{bought.token_id}/1"

    assert release(path).json()["error"] == NOTHING


def test_erased_dataset_is_released_to_nobody_and_open_links_end(
    bought: PrivateDataset, provider: ApiWallet, researcher: ApiWallet
):
    url = grant(researcher, bought)

    provider.post(f"uploads/{bought.upload['id']}/erasure")

    assert release(url).json()["error"] == NOTHING
    assert researcher.post(bought.grants).json()["error"] == NOTHING


@pytest.mark.attack("S42")
def test_no_log_line_of_upload_grant_or_release_tells_a_token_or_a_row(
    bought: PrivateDataset, researcher: ApiWallet, provider: ApiWallet, caplog, capsys
):
    with caplog.at_level("DEBUG"):
        upload_privately(provider)
        url = grant(researcher, bought)
        bytes_of(release(url))
        ReleaseGrant.objects.all().delete()
        refused = release(url)

    said = caplog.text + "".join(capsys.readouterr())
    assert refused.status_code == 404
    assert "private_upload_taken" in said
    assert [word for word in (url.rpartition("/")[2], "malignant", "17.99", "ward-7") if word in said] == []


def test_error_report_of_a_failing_release_shows_no_key(
    bought: PrivateDataset, researcher: ApiWallet, monkeypatch, settings
):
    secret = (Path(django_settings.KEYS_DIR) / "release-age.key").read_text().strip()
    url = grant(researcher, bought)

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(service, "_note_release", fail)
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    with override_settings(ROOT_URLCONF="marketplace.release.urls", DEBUG=True):
        report = Client(raise_request_exception=False).get(url.removeprefix(settings.RELEASE_URL))

    assert report.status_code == 500
    assert secret not in report.content.decode()
    assert "malignant" not in report.content.decode()


@pytest.mark.attack("S25")
def test_file_that_a_thief_names_as_a_dataset_of_its_own_is_not_released_by_that(
    market: Market, minted: dict[str, Any], researcher: ApiWallet, stranger: ApiWallet
):
    stranger.sign_in()
    token_id = mint_by_hand(market, stranger, minted)
    assert token_id != minted["token_id"]
    buy_right(market, stranger, researcher, token_id, "download")
    settle_deep(market)

    refused = researcher.post(f"datasets/{token_id}/versions/1/grants")

    assert (refused.status_code, refused.json()["error"]) == (404, NOTHING)
    assert not ReleaseEntry.objects.filter(event="released").exists()


@pytest.mark.attack("S25")
def test_thief_who_hands_its_dataset_to_the_files_owner_gets_nothing_by_that_either(
    market: Market, minted: dict[str, Any], provider: ApiWallet, researcher: ApiWallet, stranger: ApiWallet
):
    stranger.sign_in()
    token_id = mint_by_hand(market, stranger, minted)
    buy_right(market, stranger, researcher, token_id, "download")
    transfer(market, stranger, provider, token_id)
    settle_deep(market)

    assert researcher.post(f"datasets/{token_id}/versions/1/grants").status_code == 404


def mint_by_hand(market: Market, thief: ApiWallet, upload: dict[str, Any]) -> str:
    """A dataset of the thief's whose first version is the other's sealed file, named by its public CID."""
    contract, cid = market.deployment.address_of("DatasetToken"), Cid.parse(upload["cid"])
    terms = {
        "version": {
            "codec": cid.codec,
            "contentDigest": cid.digest_hex,
            "metadataDigest": "0x" + "11" * 32,
            "licenceHash": "0x" + "22" * 32,
            "sizeBytes": 1000,
        },
        "policy": {"download": True, "compute": True, "rowsInModel": 2, "algorithms": []},
        "payees": [thief.address],
        "parts": [10_000],
        "standingConsent": True,
        "jobFeeToken": market.dollar,
        "jobFee": 1,
        "royaltyBps": 0,
    }
    market.call(thief, dataset_token.MINT.call(contract, terms=terms))
    return thief.get("datasets").json()["results"][0]["token_id"]
