"""DataMarket and AccessPass on Anvil and as we expect them: a dataset, a model with a parent, passes."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from batch_tree import FIELDS, leaf_of, proof_of, root_of
from deployment.parameters import short_name
from fast_chain import FastChain, Read
from stage import COMPUTE, DATASET, MODEL, OWNERSHIP, PREDICT, version

WHOLE = 10_000
PARENT_BPS = 250
PASS_SECONDS, USES = 100, 3
BATCH = 3


@dataclass
class Subject:
    """A dataset or model. `closed` are the versions that only their batch's root tells of."""

    kind: int
    number: int
    owner: str
    right: int
    epoch: int = 0
    versions: int = 1
    is_retired: bool = False
    closed: dict[int, tuple[int, tuple, list[bytes]]] = field(default_factory=dict)
    batches: int = 0


@dataclass
class Listing:
    subject: Subject
    right: int
    seller: str
    price: int
    stock: int
    has_end: bool
    epoch: int
    sold: int = 0
    is_delisted: bool = False


@dataclass
class Bought:
    """A pass of USES uses; `held` are those that jobs hold."""

    subject: Subject
    right: int
    holder: str
    price: int
    at: int
    ends_at: int
    left: int = USES
    held: int = 0
    is_revoked: bool = False

    def refund(self, now: int) -> int:
        for_time = self.price
        if self.ends_at:
            for_time = self.price * max(self.ends_at - now, 0) // (self.ends_at - self.at)
        return min(for_time, self.price * self.left // USES)


class MarketWorld:
    """`model` has one parent, the model before it."""

    def __init__(
        self, chain: FastChain, commons: Any, accounts: dict[str, str], dataset: int, model: int
    ) -> None:
        self.chain, self.accounts, self.numbers = chain, accounts, (dataset, model)
        names = ("DataMarket", "AccessPass", "DatasetToken", "ModelToken", "TestDollar", "ParameterBook")
        self.market, self.passes, self.datasets, self.models, self.dollar, self.book = map(
            commons.addresses.get, names
        )
        self.parent = model - 1
        self.first_pass = self.chain.read(self.passes, "passCount")
        self.before = {
            role: self.chain.read(self.dollar, "balanceOf", account) for role, account in accounts.items()
        }
        self.supply = sum(self.before.values())
        self.states: set[Any] = set()
        self.refusals: set[str] = set()
        self.fixed = {*vars(self), "fixed"}

    def begin(self) -> None:
        self.now = self.chain.now()
        self.bps, self.paused_until, self.is_armed, self.is_allowed = 250, 0, False, True
        self.dataset = Subject(DATASET, self.numbers[0], "provider", COMPUTE)
        self.model = Subject(MODEL, self.numbers[1], "provider", PREDICT)
        self.parent_owner = "researcher"
        self.is_approved = False
        self.operated: set[str] = set()
        self.payees = {"provider": 3_333, "contributor": 6_667}
        self.listings: dict[int, Listing] = {}
        self.newest_offer = 0
        self.bought: dict[int, Bought] = {}
        self.credits: Counter[str] = Counter()
        self.money: Counter[str] = Counter(self.before)
        self.states, self.refusals = set(), set()

    def kept(self) -> dict[str, Any]:
        """All that calls and time change."""
        return deepcopy({name: value for name, value in vars(self).items() if name not in self.fixed})

    def restore(self, kept: dict[str, Any]) -> None:
        vars(self).update(kept)

    def wait(self, seconds: int) -> None:
        self.now += seconds

    def act(self, sender: str, contract: str, method: str, *arguments: Any) -> str | None:
        self.now += 1
        refusal = self.chain.act(self.accounts[sender], contract, method, *arguments, at=self.now)
        if refusal:
            self.refusals.add(refusal)
        return refusal

    def must(self, *call: Any) -> None:
        assert self.act(*call) is None

    def list_passes(self, subject: Subject, right: int, price: int, stock: int, has_end: bool) -> None:
        seconds = PASS_SECONDS * has_end
        terms = (subject.kind, subject.number, right, 1, self.dollar, price, stock, seconds, USES, 0)
        refusal = self.act(subject.owner, self.market, "create_listing", *terms)
        foreseen = None if self.is_allowed else "DataMarket: payment token is not allowed"
        if subject.is_retired or (subject.kind == DATASET and right == PREDICT):
            foreseen = "DataMarket: policy does not allow the right"
        assert refusal == foreseen
        if refusal is None:
            number = self.chain.read(self.market, "listing_count")
            self.listings[number] = Listing(
                subject, right, subject.owner, price, stock, has_end, subject.epoch
            )

    def offer(self, subject: Subject, price: int, stock: int, uses: int) -> None:
        """The subject itself for sale: a model, once and whole, and nothing else."""
        terms = (subject.kind, subject.number, OWNERSHIP, 1, self.dollar, price, stock, 0, uses, 0)
        refusal = self.act(subject.owner, self.market, "create_listing", *terms)
        foreseen = None if self.is_allowed else "DataMarket: payment token is not allowed"
        if subject.kind == DATASET:
            foreseen = "DataMarket: policy does not allow the right"
        elif (stock, uses) != (1, 0):
            foreseen = "DataMarket: a model is sold once and whole"
        assert refusal == foreseen
        if refusal is None:
            number = self.chain.read(self.market, "listing_count")
            self.listings[number] = Listing(
                subject, OWNERSHIP, subject.owner, price, stock, False, subject.epoch
            )
            self.newest_offer = number

    def let_move(self, is_exact: bool, is_allowed: bool) -> None:
        """The model's owner lets the market move it, or all its models, or takes that back."""
        owner = self.model.owner
        if is_exact:
            spender = self.market if is_allowed else "0x" + "00" * 20
            self.must(owner, self.models, "approve", spender, self.model.number)
            self.is_approved = is_allowed
        else:
            self.must(owner, self.models, "setApprovalForAll", self.market, is_allowed)
            self.operated = self.operated | {owner} if is_allowed else self.operated - {owner}

    def foreseen(self, number: int, buyer: str, max_price: int, newest: int) -> str | None:
        """Why a purchase is refused in the next second."""
        listing = self.listings[number]
        is_sale = listing.right == OWNERSHIP
        may_move = self.is_approved or listing.seller in self.operated
        refusals = {
            "listing is closed": listing.is_delisted,
            "purchases are paused": self.now + 1 < self.paused_until,
            "sold out": listing.stock and listing.sold >= listing.stock,
            "listing has lapsed": listing.epoch != listing.subject.epoch or listing.subject.is_retired,
            "version has changed": newest != listing.subject.versions,
            "payment token is not allowed": not self.is_allowed,
            "price is above the maximum": listing.price > max_price,
            "a newer offer took its place": is_sale and number != self.newest_offer,
            "the seller cannot buy": is_sale and buyer == listing.seller,
            "seller has not approved the transfer": is_sale and not may_move,
        }
        return next((f"DataMarket: {words}" for words, applies in refusals.items() if applies), None)

    def buy(self, number: int, buyer: str, max_price: int, newest: int) -> None:
        listing = self.listings[number]
        foreseen = self.foreseen(number, buyer, max_price, newest)
        assert self.act(buyer, self.market, "buy", number, max_price, newest) == foreseen
        if foreseen is not None:
            return
        listing.sold += 1
        self.money[buyer] -= listing.price
        fee = listing.price * self.bps // WHOLE
        self.credits["treasury"] += fee
        if listing.subject is self.dataset:
            self._pay_payees(listing.price - fee)
        else:
            royalty = listing.price * PARENT_BPS // WHOLE
            self.credits[self.parent_owner] += royalty
            self.credits[listing.seller] += listing.price - fee - royalty
        if listing.right == OWNERSHIP:
            self._moved(listing.subject, buyer)
            return
        ends_at = self.now + PASS_SECONDS if listing.has_end else 0
        pass_id = self.chain.read(self.passes, "passCount")
        self.bought[pass_id] = Bought(listing.subject, listing.right, buyer, listing.price, self.now, ends_at)

    def delist(self, number: int) -> None:
        listing = self.listings[number]
        refusal = self.act("treasury", self.market, "delist", number)
        assert refusal == ("DataMarket: already delisted" if listing.is_delisted else None)
        listing.is_delisted = True

    def pause(self, seconds: int) -> None:
        self.must("treasury", self.book, "set_guardian", self.accounts["member"])
        self.must("member", self.book, "pause", seconds)
        self.paused_until = self.now + seconds

    def revoke(self, number: int, by: str) -> None:
        bought = self.bought[number]
        done = self.act(by, self.passes, "revoke", number)
        if by != bought.subject.owner:
            assert done == "NotSubjectOwner"
        elif bought.is_revoked:
            assert done == "AlreadyRevoked"
        else:
            assert done is None
            refund = bought.refund(self.now)
            self.money[by] -= refund
            self.credits[bought.holder] += refund
            bought.is_revoked, bought.left = True, 0

    def reserve(self, number: int) -> None:
        """As JobBoard does for a job of the pass's holder."""
        bought = self.bought[number]
        is_over = bought.ends_at and self.now + 1 >= bought.ends_at
        is_usable = bought.left and not bought.is_revoked and not is_over and bought.subject is self.dataset
        arguments = (number, self.accounts[bought.holder], bought.subject.number, 1)
        refusal = self.act("job board", self.passes, "reserveUse", *arguments)
        assert refusal == (None if is_usable else "PassNotUsable")
        bought.left -= refusal is None
        bought.held += refusal is None

    def release(self, number: int) -> None:
        """As JobBoard does at the end of a job without a result."""
        bought = self.bought[number]
        self.must("job board", self.passes, "releaseUse", number)
        bought.left, bought.held = bought.left + 1, bought.held - 1
        bought.is_revoked = bought.is_revoked and not bought.price

    def publish_batch(self) -> None:
        subject, first = self.dataset, self.dataset.versions + 1
        contents = [version(seed) for seed in range(first, first + BATCH)]
        leaves = [leaf_of(subject.number, first + i, content) for i, content in enumerate(contents)]
        told = [tuple(content[name] for name in FIELDS) for content in contents]
        arguments = (subject.number, root_of(leaves), BATCH, told[-1], proof_of(leaves, BATCH - 1))
        self.must(subject.owner, self.datasets, "publishVersions", *arguments)
        for i in range(BATCH - 1):
            subject.closed[first + i] = (subject.batches, told[i], proof_of(leaves, i))
        subject.versions, subject.batches = subject.versions + BATCH, subject.batches + 1

    def open_version(self, number: int, *, as_number: int) -> None:
        subject = self.dataset
        batch, told, proof = subject.closed[number]
        arguments = (subject.number, batch, as_number, told, proof)
        refusal = self.act("stranger", self.datasets, "openVersion", *arguments)
        if as_number == number:
            assert refusal is None
            del subject.closed[number]
        else:
            assert refusal == ("NotInBatch" if as_number in subject.closed else "VersionIsOpen")

    def transfer(self, subject: Subject, to: str) -> None:
        token = self.datasets if subject is self.dataset else self.models
        accounts = (self.accounts[subject.owner], self.accounts[to])
        self.must(subject.owner, token, "transferFrom", *accounts, subject.number)
        self._moved(subject, to)

    def _moved(self, subject: Subject, to: str) -> None:
        subject.owner, subject.epoch = to, subject.epoch + 1
        self.is_approved = self.is_approved and subject is self.dataset

    def transfer_parent(self, to: str) -> None:
        accounts = (self.accounts[self.parent_owner], self.accounts[to])
        self.must(self.parent_owner, self.models, "transferFrom", *accounts, self.parent)
        self.parent_owner = to

    def withdraw(self, account: str) -> None:
        refusal = self.act(account, self.market, "withdraw", self.dollar)
        owed = self.credits.pop(account, 0)
        assert refusal == (None if owed else "Credits: nothing to withdraw")
        self.money[account] += owed

    def allow(self, is_allowed: bool) -> None:
        item = bytes.fromhex(self.dollar[2:]).rjust(32, b"\0")
        self.must("treasury", self.book, "set_allowed", short_name("payment_token"), item, is_allowed)
        self.is_allowed = is_allowed

    def check(self) -> None:
        """The market holds exactly what it owes, everybody has and is owed what the model says."""
        assert sum(self.money.values()) + self.credits.total() == self.supply
        expected = {
            Read(self.dollar, "balanceOf", (self.market,)): self.credits.total(),
            Read(self.dollar, "balanceOf", (self.passes,)): 0,
        }
        for role, account in self.accounts.items():
            expected[Read(self.dollar, "balanceOf", (account,))] = self.money[role]
            expected[Read(self.market, "credit_of", (account, self.dollar))] = self.credits[role]
        expected[Read(self.models, "ownerOf", (self.model.number,))] = self.accounts[self.model.owner].lower()
        expected[Read(self.market, "newest_offer_of", (self.model.number,))] = self.newest_offer
        expected[Read(self.passes, "passCount")] = self.first_pass + len(self.bought)
        for number, bought in self.bought.items():
            state = (bought.right, bought.left, bought.is_revoked)
            expected[Read(self.passes, "passOf", (number,), (2, 6, 10))] = state
        for number in range(1, self.dataset.versions + 1):
            has_version = Read(self.datasets, "hasVersion", (self.dataset.number, number))
            expected[has_version] = number not in self.dataset.closed
        assert dict(zip(expected, self.chain.read_all(list(expected)), strict=True)) == expected
        self.states.add(self.shape())

    def drain(self) -> None:
        for role in [role for role, amount in self.credits.items() if amount]:
            self.withdraw(role)
        assert self.chain.read(self.dollar, "balanceOf", self.market) == 0

    def shape(self) -> Any:
        listings = tuple(
            (
                kept.subject.kind,
                kept.right,
                bool(kept.price),
                kept.stock - kept.sold,
                kept.epoch == kept.subject.epoch,
                kept.is_delisted,
                number == self.newest_offer,
            )
            for number, kept in self.listings.items()
        )
        passes = tuple((bought.left, bought.held, bought.is_revoked) for bought in self.bought.values())
        subjects = (self.dataset.owner, self.model.owner, self.parent_owner, self.dataset.is_retired)
        versions = (self.dataset.versions, len(self.dataset.closed))
        moves = (self.is_approved, tuple(sorted(self.operated)))
        owed = tuple(sorted(role for role, amount in self.credits.items() if amount))
        is_paused = self.now < self.paused_until
        return listings, passes, subjects, versions, moves, self.is_allowed, is_paused, owed

    def _pay_payees(self, amount: int) -> None:
        left = amount
        for i, (payee, part) in enumerate(self.payees.items(), start=1):
            share = left if i == len(self.payees) else amount * part // WHOLE
            self.credits[payee] += share
            left -= share
