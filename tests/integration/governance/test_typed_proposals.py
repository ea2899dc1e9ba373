"""Typed forms: the server writes the call, tries it from the Timelock, and the chain takes it."""

import pytest

from chain.abi import short_name
from chain.bindings import data_market, erc20, executor_registry, parameter_book
from storage.cid import DAG_PB, RAW, Cid
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in
from tests.integration.qjobs.stage import DOLLARS, small_table
from tests.integration.qjobs.verifiers import put_up_stake

SIGNING_KEY = "0x" + "12" * 32


@pytest.fixture
def member(stage, people):
    """A member who may propose."""
    stage.delegate_votes()
    stage.follow()
    return signed_in(people.member)


def propose(member, kind: str, answers: dict, **more) -> dict:
    return post(member, f"proposal-kinds/{kind}", {"answers": answers, **more})


def said(prepared: dict) -> dict[str, str]:
    return {one["label"]: one["value"] for one in prepared["transaction"]["details"]}


def list_dataset(stage) -> int:
    """A listing of the provider's dataset; its number."""
    token_id = stage.publish_dataset(small_table())
    market = stage.at("DataMarket")
    call = data_market.CREATE_LISTING.call(
        market,
        subject_kind=0,
        subject_id=token_id,
        right=2,
        version=1,
        payment_token=stage.at("TestDollar"),
        price=25 * DOLLARS,
        stock=0,
        pass_seconds=0,
        pass_uses=0,
        closes_at=0,
    )
    stage.transact(stage.people.provider, call)
    stage.follow()
    return stage.client.read(market, data_market.LISTING_COUNT)


def carry_out(stage, people, prepared: dict) -> None:
    sign_and_send(stage, people.member, prepared["transaction"])
    stage.carry_out(int(prepared["proposal_id"]))
    stage.follow()


def test_changed_number_is_told_before_and_after_and_holds_once_executed(stage, people, member):
    prepared = propose(member, "parameter", {"key": "market_fee_bps", "value": "3.25"}, reason="Storage.")

    assert said(prepared)["Carried out now, it"] == "would succeed"
    assert said(prepared)["the market's fee (market_fee_bps)"] == "2.5 % → 3.25 %"
    carry_out(stage, people, prepared)

    book = stage.at("ParameterBook")
    assert stage.client.read(book, parameter_book.VALUE_OF, key=short_name("market_fee_bps")) == 325
    shown = get(member, f"proposals/{prepared['proposal_id']}")
    assert (shown["state"], shown["title"]) == (
        "executed",
        "Set the market's fee (market_fee_bps) to 3.25 %",
    )


def test_number_that_the_contract_refuses_is_told_before_anybody_signs(member):
    prepared = propose(member, "parameter", {"key": "market_fee_bps", "value": "11"})

    assert said(prepared)["Carried out now, it"] == ("would fail: ParameterBook: fee above 1000 basis points")


def test_engine_is_allowed_by_vote(stage, people, member):
    prepared = propose(member, "allow", {"kind": "engine", "item": "aer", "verb": "allow"})

    assert said(prepared)["aer as engine"] == "not allowed → allowed"
    carry_out(stage, people, prepared)

    told = stage.client.read(
        stage.at("ParameterBook"),
        parameter_book.IS_ALLOWED,
        kind=short_name("engine"),
        item=short_name("aer"),
    )
    assert told is True


def test_executor_is_admitted_and_removed_by_vote(stage, people, member):
    stranger, registry = people.stranger.address, stage.at("ExecutorRegistry")
    answers = {"executor": stranger, "verifier": "no", "signing_key": SIGNING_KEY}

    admission = propose(member, "executor", answers)
    assert said(admission)["Executors in all"] == "1 → 2"
    carry_out(stage, people, admission)
    assert stage.client.read(registry, executor_registry.IS_EXECUTOR, executor=stranger) is True

    removal = propose(member, "remove-executor", {"executor": stranger})
    assert said(removal)[stranger] == "an executor → not an executor"
    carry_out(stage, people, removal)
    assert stage.client.read(registry, executor_registry.IS_EXECUTOR, executor=stranger) is False


def test_treasury_pays_tokens_and_ether_by_vote(stage, people, member):
    treasury, dollar = stage.at("Timelock"), stage.at("TestDollar")
    receiver = people.rival.address
    give = erc20.TRANSFER.call(dollar, to=treasury, value=50 * DOLLARS)
    stage.transact(people.researcher, give)
    stage.node.rpc("anvil_setBalance", treasury, hex(10**18))

    tokens = propose(member, "pay", {"to": receiver, "amount": "12.5", "token": "TestDollar"})
    assert said(tokens)["The treasury holds"] == "50 TUSD → 37.5 TUSD"
    carry_out(stage, people, tokens)
    assert stage.client.read(dollar, erc20.BALANCE_OF, account=receiver) == 12_500_000

    before = stage.client.balance(receiver)
    ether = propose(member, "pay", {"to": receiver, "amount": "0.25", "token": "ETH"})
    assert said(ether)["The treasury's ETH"] == "1 ETH → 0.75 ETH"
    carry_out(stage, people, ether)
    assert stage.client.balance(receiver) - before == 25 * 10**16


def test_payment_above_the_treasury_is_told_to_fail(people, member):
    answers = {"to": people.rival.address, "amount": "1", "token": "TestDollar"}

    assert said(propose(member, "pay", answers))["Carried out now, it"].startswith("would fail")


def test_rule_of_the_vote_changes_by_vote(stage, people, member):
    prepared = propose(member, "rule", {"rule": "quorum_percent", "value": "5"})

    assert said(prepared)["Quorum"] == "4 % → 5 %"
    carry_out(stage, people, prepared)
    assert get(member, "governance")["quorum_percent"] == 5


def test_text_is_decided_without_a_change_on_chain(stage, people, member):
    prepared = propose(member, "text", {}, title="Name sources", reason="Every dataset names its source.")

    carry_out(stage, people, prepared)

    shown = get(member, f"proposals/{prepared['proposal_id']}")
    assert (shown["state"], shown["title"], shown["is_fully_understood"]) == (
        "executed",
        "Name sources",
        True,
    )


@pytest.mark.attack("S26")
def test_reported_listing_leaves_the_market_by_vote(stage, people, member):
    listing = list_dataset(stage)

    prepared = propose(member, "delist", {"listing": str(listing)}, reason="It names people.")

    assert said(prepared)[f"Listing {listing}"] == "on the market → off the market"
    carry_out(stage, people, prepared)
    told = stage.client.read(stage.at("DataMarket"), data_market.GET_LISTING, listing_id=listing)
    assert told["delisted"] is True
    again = post(member, "proposal-kinds/delist", {"answers": {"listing": str(listing)}}, 422)["error"]
    assert again["field"] == "listing"


@pytest.mark.parametrize(
    ("kind", "answers", "field"),
    [
        ("parameter", {"key": "nonsense", "value": "1"}, "key"),
        ("parameter", {"key": "market_fee_bps", "value": "a lot"}, "value"),
        ("parameter", {"key": "market_fee_bps", "value": "1.234"}, "value"),
        ("parameter", {"key": "market_fee_bps"}, "value"),
        ("rule", {"rule": "voting_period", "value": str(2**32)}, "value"),
        ("allow", {"kind": "payment_token", "item": "aer", "verb": "allow"}, "item"),
        ("allow", {"kind": "engine", "item": "ä", "verb": "allow"}, "item"),
        ("delist", {"listing": "77"}, "listing"),
        ("delist", {"listing": "9" * 78}, "listing"),
        ("pay", {"to": "0x12", "amount": "1", "token": "ETH"}, "to"),
        ("pay", {"to": "0x" + "12" * 20, "amount": "0", "token": "ETH"}, "amount"),
        ("executor", {"executor": "0x" + "12" * 20, "verifier": "no", "signing_key": "0x12"}, "signing_key"),
        ("job", {"job": "5"}, "job"),
        ("text", {"surprise": "1"}, "surprise"),
    ],
)
def test_answer_that_does_not_fit_is_refused_by_field(member, kind, answers, field):
    error = post(member, f"proposal-kinds/{kind}", {"answers": answers, "title": "T"}, 422)["error"]

    assert error["field"] == field


def test_kind_that_there_is_not_is_not_found(member):
    post(member, "proposal-kinds/magic", {"answers": {}}, 404)


def test_every_kind_tells_its_fields(member):
    kinds = {one["kind"]: one for one in get(member, "proposal-kinds")["results"]}

    assert {"parameter", "allow", "rule", "text", "delist", "pay", "job", "executor"} <= set(kinds)
    assert [field["name"] for field in kinds["pay"]["fields"]] == ["to", "amount", "token"]


def test_list_holds_neither_whole_descriptions_nor_calldata(stage, people, member):
    prepared = propose(member, "text", {}, title="Long", reason="words " * 1000)
    sign_and_send(stage, people.member, prepared["transaction"])

    one = get(member, "proposals")["results"][0]

    assert (one["title"], one["summaries"]) == (
        "Long",
        ["Change nothing on the chain: members decide the text"],
    )
    assert not {"description", "actions", "description_hash"} & set(one)
    assert "words" in get(member, f"proposals/{prepared['proposal_id']}")["description"]


def test_guardian_is_named_by_vote_pauses_once_and_is_armed_again_by_another_vote(stage, people, member):
    guardian = people.rival
    prepared = propose(member, "guardian", {"guardian": guardian.address})
    assert said(prepared)["Guardian"] == f"nobody → {guardian.address}"
    carry_out(stage, people, prepared)

    pause = post(signed_in(guardian), "pauses", {"seconds": 3600})
    sign_and_send(stage, guardian, pause["transaction"])
    told = get(member, "parameters")
    assert (told["guardian"], told["pause_is_armed"]) == (guardian.address, False)
    assert told["paused_until"] is not None
    refused = post(signed_in(guardian), "pauses", {"seconds": 3600}, status=409)
    assert refused["error"]["code"] == "pause_spent"
    post(member, "pauses", {"seconds": 3600}, status=403)

    again = propose(member, "guardian", {"guardian": guardian.address}, reason="The alarm was a true one.")
    assert said(again)["Its pause"] == "not armed → armed"
    assert said(again)["The pause that runs"].endswith("→ ends")
    carry_out(stage, people, again)

    told = get(member, "parameters")
    assert (told["pause_is_armed"], told["paused_until"]) == (True, None)


def test_document_is_put_in_force_by_its_cid_and_taken_back(stage, people, member):
    cid = Cid.of_block(b"Do no harm.", RAW)
    prepared = propose(member, "document", {"kind": "ethical_guidelines", "cid": str(cid)})
    assert said(prepared)["The ethical guidelines"] == f"none → {cid}"
    carry_out(stage, people, prepared)
    document = get(member, "parameters")["documents"][0]
    assert (document["digest"], document["cid"]) == (cid.digest_hex, str(cid))

    carry_out(stage, people, propose(member, "document", {"kind": "ethical_guidelines"}))

    assert get(member, "parameters")["documents"] == []
    answers = {"kind": "ethical_guidelines", "cid": str(Cid.of_block(b"", DAG_PB))}
    refused = post(member, "proposal-kinds/document", {"answers": answers}, status=422)
    assert refused["error"]["field"] == "cid"


def test_stake_is_taken_by_vote_no_more_than_there_is(stage, people, member):
    executor, receiver = people.executor, people.rival
    put_up_stake(stage, executor, 30 * DOLLARS)
    stage.follow()
    answers = {"executor": executor.address, "amount": "40", "beneficiary": receiver.address}

    prepared = propose(member, "slash", answers)
    assert said(prepared)[f"Stake of {executor.address}"] == "30 TUSD → 0 TUSD"
    carry_out(stage, people, prepared)

    told = get(member, f"executors/{executor.address}")
    assert (told["staked"], told["slashed"]) == ("0", str(30 * DOLLARS))
    owed = post(signed_in(receiver), "stakes/withdrawals", {"source": "ExecutorRegistry"})
    assert owed["credit"] == str(30 * DOLLARS)


def test_verifier_is_admitted_by_vote_and_shown_with_its_keys(stage, people, member):
    answers = {"executor": people.stranger.address, "verifier": "yes", "signing_key": SIGNING_KEY}

    prepared = propose(member, "executor", answers)
    carry_out(stage, people, prepared)

    told = get(member, f"executors/{people.stranger.address}")
    assert (told["is_admitted"], told["is_verifier"]) == (True, True)
    assert [key["signing_key"] for key in told["keys"]] == [SIGNING_KEY]


def test_stake_is_put_up_asked_back_and_released_through_the_api_after_its_delay(stage, people, member):
    researcher, browser = people.researcher, signed_in(people.researcher)
    offer = post(browser, "stakes", {"amount": str(20 * DOLLARS)})
    sign_and_send(stage, researcher, offer["approval"])
    sign_and_send(stage, researcher, offer["transaction"])
    post(browser, "stakes/leaving", {"amount": str(21 * DOLLARS)}, status=409)

    leaving = post(browser, "stakes/leaving", {"amount": str(5 * DOLLARS)})
    sign_and_send(stage, researcher, leaving["transaction"])
    post(browser, "stakes/release", {}, status=409)
    wait = executor_registry.UNSTAKE_SECONDS
    stage.pass_time(stage.client.read(stage.at("ExecutorRegistry"), wait) + 1)
    stage.follow()
    sign_and_send(stage, researcher, post(browser, "stakes/release", {})["transaction"])

    told = get(member, f"executors/{researcher.address}")
    assert (told["staked"], told["leaving"], told["is_admitted"]) == (str(15 * DOLLARS), "0", False)
    assert post(browser, "stakes/withdrawals", {"source": "ExecutorRegistry"})["credit"] == str(5 * DOLLARS)
