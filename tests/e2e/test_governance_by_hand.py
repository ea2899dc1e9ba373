"""Governance by hand in Chromium: a typed proposal, a vote that is only signed, a relayer without gas."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, expect

from chain.bindings import commons_governor
from config.demo.api import ApiUser
from config.stack.layout import ROOT
from tests.e2e.journey import WITHIN_MS, Visitor, delegate_to_self, visit, wait_until
from tests.e2e.live_site import LiveSite

NEW_FEE = "3.1"


@pytest.fixture(scope="module")
def voters(site: LiveSite, people: dict[str, ApiUser]) -> dict[str, ApiUser]:
    """The member and the researcher, their votes delegated to themselves."""
    for role in ("member", "researcher"):
        delegate_to_self(site, people[role])
    return people


@pytest.fixture
def member(chromium: Browser, site: LiveSite, voters: dict[str, ApiUser]) -> Iterator[Visitor]:
    with visit(chromium, site, voters["member"].wallet) as visitor:
        visitor.open("/proposals")
        visitor.signs_in()
        yield visitor


def proposes(visitor: Visitor, fee: str) -> str:
    """From the list of forms to the open vote; gives the proposal's path."""
    visitor.open("/proposals/new")
    visitor.page.get_by_role("link", name="Change a number").click()
    visitor.page.get_by_label("Which number").select_option("market_fee_bps")
    visitor.page.get_by_label("New value").fill(fee)
    visitor.page.get_by_role("button", name="Try it and propose", exact=True).dblclick()
    visitor.sees("would succeed")
    visitor.sees(f"→ {fee} %")
    visitor.confirm()
    visitor.page.wait_for_url(re.compile(r"/proposals/\d+$"))
    visitor.page.locator("[name=support][value=for]").wait_for(timeout=WITHIN_MS)
    return visitor.page.url.removeprefix(visitor.site.url)


@pytest.mark.fault("F21")
def test_typed_proposal_and_a_vote_that_is_only_signed(member: Visitor, site: LiveSite) -> None:
    path = proposes(member, NEW_FEE)
    expect(member.page.locator("main")).to_contain_text("If it were carried out now")
    expect(member.page.locator("main")).to_contain_text("would succeed")
    sent = member.fox.methods().count("eth_sendTransaction")
    assert sent == 1, "a double click proposed twice"

    member.page.locator("[name=support][value=for]").check()
    member.page.fill("#reason", "Storage must be paid.")
    member.fox.refusing = {"eth_signTypedData_v4"}
    member.press("Sign it, we send it")
    member.sees("kept for this proposal alone")
    words = member.dialog.inner_text()
    for word in ("Storage must be paid.", "Weight", "votes", member.address, path.rpartition("/")[2]):
        assert word in words
    member.confirm()
    member.sees("You declined in the wallet. Nothing was sent.")
    assert member.ask(f"{path[1:]}/votes")["results"] == []
    member.fox.refusing = set()
    member.page.get_by_role("button", name="Try again", exact=True).dblclick()
    member.sees("Your vote is on the chain.")

    assert member.fox.methods().count("eth_sendTransaction") == sent
    votes = member.ask(f"{path[1:]}/votes")["results"]
    assert [(vote["voter"], vote["reason"]) for vote in votes] == [(member.address, "Storage must be paid.")]
    expect(member.page.locator("#act")).to_contain_text("You voted for")
    assert recount(site, path)["verdict"] == "MATCH"


@pytest.mark.fault("F31")
def test_relayer_without_gas_leaves_the_voter_the_own_transaction(member: Visitor, site: LiveSite) -> None:
    path = proposes(member, "3.2")
    number = int(path.rpartition("/")[2])
    relayer = relayer_of(site)
    ask_node(site, "anvil_setBalance", relayer, "0x0")
    try:
        member.page.locator("[name=support][value=against]").check()
        member.press("Sign it, we send it")
        member.sees("kept for this proposal alone")
        member.confirm()
        member.sees("The relayer cannot send your vote now")
        member.press("Send it yourself")
        member.sees("Vote against")
        member.confirm()
        member.sees("You voted")
    finally:
        ask_node(site, "anvil_setBalance", relayer, hex(10**18))

    governor = site.deployment.address_of("CommonsGovernor")
    against, in_favour, _ = site.client.read(governor, commons_governor.PROPOSAL_VOTES, proposalId=number)
    assert against > 0
    assert in_favour == 0


@pytest.mark.fault("F21")
def test_two_tabs_prepare_one_vote(member: Visitor) -> None:
    path = proposes(member, "3.3")
    other = member.page.context.new_page()
    other.goto(member.site.url + path)

    member.page.locator("[name=support][value=abstain]").check()
    member.press("Vote")
    member.sees("Vote abstain")
    other.locator("[name=support][value=for]").check()
    other.get_by_role("button", name="Vote", exact=True).click()
    expect(other.locator(".strip")).to_contain_text("Another tab of this site is doing this already.")
    member.confirm()

    votes = wait_until(lambda: member.ask(f"{path[1:]}/votes")["results"], "the vote on the site")
    assert [vote["support"] for vote in votes] == ["abstain"]
    third = member.page.context.new_page()
    third.goto(member.site.url + path)
    expect(third.locator("#act")).to_contain_text("You voted abstain")
    assert member.fox.methods().count("eth_sendTransaction") == 2  # the proposal and one vote


def relayer_of(site: LiveSite) -> str:
    """The account that carried the signed vote before this one."""
    governor = site.deployment.address_of("CommonsGovernor")
    logs = site.client.logs(
        addresses=[governor],
        topics=[commons_governor.VOTE_CAST.topic],
        first=site.deployment.start_block,
        last=site.client.head_number(),
    )
    return ask_node(site, "eth_getTransactionByHash", logs[0].tx_hash)["from"]


def ask_node(site: LiveSite, method: str, *params: str):
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
    return requests.post(site.rpc_url, json=request, timeout=10).json()["result"]


def recount(site: LiveSite, path: str) -> dict:
    """What the command says of the vote and of this site's page, in a process without a database."""
    words = [path.rpartition("/")[2], "--rpc", site.rpc_url, "--site", site.url, "--json"]
    deployment = str(site.deployment_file)
    done = subprocess.run(
        [sys.executable, "manage.py", "recount", *words, "--deployment", deployment],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.base"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)
