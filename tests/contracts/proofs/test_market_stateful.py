"""DataMarket and the refunds of AccessPass over random sequences of calls, against a model in plain Python.

After every step the market holds exactly what it owes, everybody is owed what the model says, and the money
of all is constant. At its end all is paid out.
"""

from collections import Counter

import pytest
from deployment.parameters import short_name
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from machines import WorldMachine, prove
from stage import COMPUTE, DATASET, MAX

WHOLE = 10_000
PASS_SECONDS = 100
USES = 3
OWNERS = ("provider", "member")
PICK = st.integers(0, 10**6)


class MarketWorld:
    """One dataset that changes hands, its listings and passes: on the chain and as we expect them."""

    def __init__(self, chain, commons, accounts: dict[str, str], dataset_id: int) -> None:
        self.chain, self.accounts, self.dataset = chain, accounts, dataset_id
        names = ("DataMarket", "AccessPass", "DatasetToken", "TestDollar", "ParameterBook")
        self.market, self.passes, self.datasets, self.dollar, self.book = map(commons.addresses.get, names)
        self.supply = self._all_dollars()

    def begin(self) -> None:
        self.now = self.chain.now()
        self.owner, self.epoch, self.versions, self.is_retired, self.bps = "provider", 0, 1, False, 250
        self.payees = {"provider": 3_333, "contributor": 6_667}
        self.listings: dict[int, dict] = {}
        self.bought: dict[int, dict] = {}
        self.credits: Counter = Counter()
        self.states: set = set()
        self.refusals: set[str] = set()

    def act(self, sender: str, contract: str, method: str, *arguments) -> str | None:
        self.now += 1
        refusal = self.chain.act(self.accounts[sender], contract, method, *arguments, at=self.now)
        if refusal:
            self.refusals.add(refusal)
        return refusal

    def must(self, *call) -> None:
        assert self.act(*call) is None

    def list_passes(self, price: int, stock: int, has_end: bool) -> None:
        terms = (
            DATASET,
            self.dataset,
            COMPUTE,
            1,
            self.dollar,
            price,
            stock,
            PASS_SECONDS * has_end,
            USES,
            0,
        )
        refusal = self.act(self.owner, self.market, "create_listing", *terms)
        assert refusal == ("DataMarket: policy does not allow the right" if self.is_retired else None)
        if refusal is None:
            number = self.chain.read(self.market, "listing_count")
            ended = {"sold": 0, "epoch": self.epoch, "is_delisted": False}
            self.listings[number] = {"price": price, "stock": stock, "has_end": has_end} | ended

    def foreseen(self, listing: dict, max_price: int, version: int) -> str | None:
        """Why a purchase is refused."""
        if listing["is_delisted"]:
            return "DataMarket: listing is closed"
        if listing["stock"] and listing["sold"] >= listing["stock"]:
            return "DataMarket: sold out"
        if listing["epoch"] != self.epoch or self.is_retired:
            return "DataMarket: listing has lapsed"
        if version != self.versions:
            return "DataMarket: version has changed"
        return "DataMarket: price is above the maximum" if listing["price"] > max_price else None

    def buy(self, number: int, max_price: int, version: int) -> None:
        listing = self.listings[number]
        foreseen = self.foreseen(listing, max_price, version)
        assert self.act("researcher", self.market, "buy", number, max_price, version) == foreseen
        if foreseen is not None:
            return
        listing["sold"] += 1
        fee = listing["price"] * self.bps // WHOLE
        self.credits["treasury"] += fee
        self._pay_payees(listing["price"] - fee)
        ends_at = self.now + PASS_SECONDS if listing["has_end"] else 0
        passes = self.chain.read(self.passes, "passCount")
        self.bought[passes] = {"price": listing["price"], "at": self.now, "ends_at": ends_at}

    def revoke(self, number: int, by: str) -> None:
        bought = self.bought[number]
        before = self.chain.read(self.dollar, "balanceOf", self.accounts["researcher"])
        done = self.act(by, self.passes, "revoke", number)
        refund = bought["price"]
        if bought["ends_at"]:
            refund = refund * max(bought["ends_at"] - self.now, 0) // (bought["ends_at"] - bought["at"])
        paid = self.chain.read(self.dollar, "balanceOf", self.accounts["researcher"]) - before
        if by != self.owner:
            assert (done, paid) == ("NotSubjectOwner", 0)
        elif bought.get("is_revoked"):
            assert (done, paid) == ("AlreadyRevoked", 0)
        else:
            assert (done, paid) == (None, refund)
            bought["is_revoked"] = True

    def withdraw(self, account: str) -> None:
        refusal = self.act(account, self.market, "withdraw", self.dollar)
        assert (refusal is None) == (self.credits.pop(account, 0) > 0)

    def check(self) -> None:
        owed = {
            role: self.chain.read(self.market, "credit_of", self.accounts[role], self.dollar)
            for role in self.accounts
        }
        assert owed == {role: self.credits[role] for role in self.accounts}
        assert self.chain.read(self.dollar, "balanceOf", self.market) == sum(owed.values())
        assert self._all_dollars() == self.supply
        listings = tuple(
            (
                bool(kept["price"]),
                kept["stock"] - kept["sold"],
                kept["epoch"] == self.epoch,
                kept["is_delisted"],
            )
            for kept in self.listings.values()
        )
        passes = tuple(bought.get("is_revoked", False) for bought in self.bought.values())
        self.states.add((listings, passes, self.owner, self.versions, self.is_retired))

    def drain(self) -> None:
        for role in [role for role, amount in self.credits.items() if amount]:
            self.withdraw(role)
        assert self.chain.read(self.dollar, "balanceOf", self.market) == 0

    def _pay_payees(self, amount: int) -> None:
        left = amount
        for i, (payee, part) in enumerate(self.payees.items(), start=1):
            share = left if i == len(self.payees) else amount * part // WHOLE
            self.credits[payee] += share
            left -= share

    def _all_dollars(self) -> int:
        holders = [*self.accounts.values(), self.market]
        return sum(self.chain.read(self.dollar, "balanceOf", holder) for holder in holders)


class MarketMachine(WorldMachine):
    proof = "market, random"

    @initialize()
    def begin(self) -> None:
        self.start()

    def _listing(self, pick: int) -> int:
        return list(self.world.listings)[pick % len(self.world.listings)]

    @precondition(lambda self: len(self.world.listings) < 4)
    @rule(price=st.sampled_from([0, 1, 39, 10_000_007]), stock=st.integers(0, 2), has_end=st.booleans())
    def list_passes(self, price: int, stock: int, has_end: bool) -> None:
        self.world.list_passes(price, stock, has_end)

    @precondition(lambda self: self.world.listings)
    @rule(pick=PICK, max_price=st.sampled_from([MAX, MAX, 38]), stale=st.sampled_from([0, 0, 0, 1]))
    def buy(self, pick: int, max_price: int, stale: int) -> None:
        self.world.buy(self._listing(pick), max_price, self.world.versions - stale)

    @precondition(lambda self: self.world.listings)
    @rule(pick=PICK, price=st.sampled_from([0, 38, 40, 5_000_001]))
    def set_price(self, pick: int, price: int) -> None:
        seller = self.world.chain.read(self.world.market, "get_listing", self._listing(pick))[2]
        role = next(
            role for role, account in self.world.accounts.items() if account.lower() == seller.lower()
        )
        self.world.must(role, self.world.market, "set_price", self._listing(pick), price)
        self.world.listings[self._listing(pick)]["price"] = price

    @precondition(lambda self: self.world.listings)
    @rule(pick=PICK)
    def delist_by_the_dao(self, pick: int) -> None:
        listing = self.world.listings[self._listing(pick)]
        refusal = self.world.act("treasury", self.world.market, "delist", self._listing(pick))
        assert refusal == ("DataMarket: already delisted" if listing["is_delisted"] else None)
        listing["is_delisted"] = True

    @precondition(lambda self: self.world.bought)
    @rule(pick=PICK, by=st.sampled_from([*OWNERS, "stranger"]))
    def revoke(self, pick: int, by: str) -> None:
        self.world.revoke(list(self.world.bought)[pick % len(self.world.bought)], by)

    @rule(to=st.sampled_from(OWNERS))
    def transfer(self, to: str) -> None:
        world = self.world
        owner = world.accounts[world.owner]
        world.must(world.owner, world.datasets, "transferFrom", owner, world.accounts[to], world.dataset)
        world.owner, world.epoch = to, world.epoch + 1

    @precondition(lambda self: not self.world.is_retired)
    @rule()
    def publish_a_version(self) -> None:
        version = (0x55, b"\x01" * 32, b"\x02" * 32, b"\x03" * 32, 9)
        self.world.must(self.world.owner, self.world.datasets, "publishVersion", self.world.dataset, version)
        self.world.versions += 1

    @rule(part=st.integers(1, WHOLE - 1))
    def set_payees(self, part: int) -> None:
        payees = [self.world.accounts["contributor"], self.world.accounts["stranger"]]
        arguments = (self.world.dataset, payees, [part, WHOLE - part])
        self.world.must(self.world.owner, self.world.datasets, "setPayees", *arguments)
        self.world.payees = {"contributor": part, "stranger": WHOLE - part}

    @rule(bps=st.sampled_from([0, 250, 1_000]))
    def set_the_fee(self, bps: int) -> None:
        self.world.must("treasury", self.world.book, "set_value", short_name("market_fee_bps"), bps)
        self.world.bps = bps

    @precondition(lambda self: len(self.world.bought) > 2 and not self.world.is_retired)
    @rule()
    def retire(self) -> None:
        self.world.must(self.world.owner, self.world.datasets, "retire", self.world.dataset)
        self.world.is_retired = True

    @rule(account=st.sampled_from(["provider", "contributor", "stranger", "treasury", "researcher"]))
    def withdraw(self, account: str) -> None:
        self.world.withdraw(account)

    @rule(seconds=st.sampled_from([1, 30, PASS_SECONDS]))
    def wait(self, seconds: int) -> None:
        self.world.now += seconds

    @invariant()
    def holds_what_it_owes(self) -> None:
        if self.snapshot is not None:
            self.world.check()


@pytest.fixture
def market_world(
    commons, fast_chain, stage, provider, contributor, researcher, member, stranger
) -> MarketWorld:
    roles = {
        "provider": provider,
        "contributor": contributor,
        "researcher": researcher,
        "member": member,
        "stranger": stranger,
        "treasury": stage.timelock,
    }
    commons.test_dollar.transfer(member, 10**11, sender=researcher)
    stage.approve_dollars(commons.data_market)
    for owner in (provider, member):
        stage.approve_dollars(commons.access_pass, owner=owner)
    dataset_id = stage.publish(payees=[provider, contributor], parts=[3_333, 6_667])
    accounts = {role: str(account.address) for role, account in roles.items()}
    return MarketWorld(fast_chain, commons, accounts, dataset_id)


def test_market_holds_what_it_owes_and_pays_everything_out(market_world, figures, is_deep):
    seen = prove(MarketMachine, market_world, figures, is_deep=is_deep)

    assert seen["distinct states"] > 50
    assert seen["distinct refusals"] > 5
