"""DataMarket, AccessPass and batches of versions over random sequences of calls, against plain Python.

After every step the market holds exactly what it owes, everybody has and is owed what the model says, and
the money of all is constant. At its end all is paid out.
"""

from deployment.parameters import short_name
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from machines import WorldMachine, prove
from market_world import PASS_SECONDS, WHOLE, Listing
from stage import COMPUTE, MAX, OWNERSHIP, PREDICT

OWNERS = ("provider", "member")
PICK = st.integers(0, 10**6)


class MarketMachine(WorldMachine):
    proof = "market, random"

    @initialize(is_on_sale=st.booleans())
    def begin(self, is_on_sale: bool) -> None:
        self.start()
        if is_on_sale:
            self.world.offer(self.world.model, 39, 1, 0)

    def _listing(self, pick: int) -> tuple[int, Listing]:
        return list(self.world.listings.items())[pick % len(self.world.listings)]

    def _subject(self, is_model: bool):
        return self.world.model if is_model else self.world.dataset

    def _passes(self, **having: int) -> list[int]:
        return [number for number, bought in self.world.bought.items() if bought.held or not having]

    @precondition(lambda self: len(self.world.listings) < 4)
    @rule(
        is_model=st.booleans(),
        price=st.sampled_from([0, 1, 39, 10_000_007]),
        stock=st.integers(0, 2),
        has_end=st.booleans(),
        is_right_odd=st.sampled_from([False, False, False, True]),
    )
    def list_passes(self, is_model: bool, price: int, stock: int, has_end: bool, is_right_odd: bool) -> None:
        subject = self._subject(is_model)
        right = {COMPUTE: PREDICT, PREDICT: COMPUTE}[subject.right] if is_right_odd else subject.right
        self.world.list_passes(subject, right, price, stock, has_end)

    @precondition(lambda self: self.world.listings)
    @rule(
        pick=PICK,
        buyer=st.sampled_from(["researcher", *OWNERS]),
        max_price=st.sampled_from([MAX, MAX, 38]),
        stale=st.sampled_from([0, 0, 0, 1]),
    )
    def buy(self, pick: int, buyer: str, max_price: int, stale: int) -> None:
        number, listing = self._listing(pick)
        self.world.buy(number, buyer, max_price, listing.subject.versions - stale)

    @precondition(lambda self: len(self.world.listings) < 6)
    @rule(
        is_model=st.sampled_from([True, True, True, False]),
        price=st.sampled_from([0, 39, 10_000_007]),
        stock=st.sampled_from([1, 1, 1, 0, 2]),
        uses=st.sampled_from([0, 0, 0, 1]),
    )
    def offer_the_thing_itself(self, is_model: bool, price: int, stock: int, uses: int) -> None:
        self.world.offer(self._subject(is_model), price, stock, uses)

    @rule(is_exact=st.booleans(), is_allowed=st.sampled_from([True, True, False]))
    def let_the_market_move_the_model(self, is_exact: bool, is_allowed: bool) -> None:
        self.world.let_move(is_exact, is_allowed)

    @rule(buyer=st.sampled_from(["researcher", *OWNERS]))
    def sell_the_model(self, buyer: str) -> None:
        """The road to its end, so that sequences get there."""
        world = self.world
        world.let_move(True, True)
        for number, listing in list(world.listings.items()):
            if listing.right == OWNERSHIP:
                world.buy(number, buyer, MAX, 1)

    @precondition(lambda self: self.world.listings)
    @rule(pick=PICK, price=st.sampled_from([0, 38, 40, 5_000_001]))
    def set_price(self, pick: int, price: int) -> None:
        number, listing = self._listing(pick)
        self.world.must(listing.seller, self.world.market, "set_price", number, price)
        listing.price = price

    @precondition(lambda self: self.world.listings)
    @rule(pick=PICK)
    def delist_by_the_dao(self, pick: int) -> None:
        self.world.delist(self._listing(pick)[0])

    @precondition(lambda self: self.world.bought)
    @rule(pick=PICK, by=st.sampled_from([*OWNERS, "researcher", "stranger"]))
    def revoke(self, pick: int, by: str) -> None:
        self.world.revoke(self._passes()[pick % len(self.world.bought)], by)

    @precondition(lambda self: self.world.bought)
    @rule(pick=PICK)
    def reserve_a_use(self, pick: int) -> None:
        self.world.reserve(self._passes()[pick % len(self.world.bought)])

    @precondition(lambda self: self._passes(held=1))
    @rule(pick=PICK)
    def release_a_use(self, pick: int) -> None:
        held = self._passes(held=1)
        self.world.release(held[pick % len(held)])

    @rule(is_model=st.booleans(), to=st.sampled_from(OWNERS))
    def transfer(self, is_model: bool, to: str) -> None:
        self.world.transfer(self._subject(is_model), to)

    @rule(to=st.sampled_from(["researcher", "stranger"]))
    def transfer_the_parent(self, to: str) -> None:
        self.world.transfer_parent(to)

    @precondition(lambda self: not self.world.dataset.is_retired)
    @rule()
    def publish_a_version(self) -> None:
        world, version = self.world, (0x55, b"\x01" * 32, b"\x02" * 32, b"\x03" * 32, 9)
        world.must(world.dataset.owner, world.datasets, "publishVersion", world.dataset.number, version)
        world.dataset.versions += 1

    @precondition(lambda self: not self.world.dataset.is_retired and self.world.dataset.batches < 3)
    @rule()
    def publish_a_batch(self) -> None:
        self.world.publish_batch()

    @precondition(lambda self: self.world.dataset.closed)
    @rule(pick=PICK, beside=st.sampled_from([0, 0, -1, 1]))
    def open_a_version(self, pick: int, beside: int) -> None:
        closed = list(self.world.dataset.closed)
        number = closed[pick % len(closed)]
        self.world.open_version(number, as_number=number + beside)

    @rule(part=st.integers(1, WHOLE - 1))
    def set_payees(self, part: int) -> None:
        world = self.world
        payees = [world.accounts["contributor"], world.accounts["stranger"]]
        arguments = (world.dataset.number, payees, [part, WHOLE - part])
        world.must(world.dataset.owner, world.datasets, "setPayees", *arguments)
        world.payees = {"contributor": part, "stranger": WHOLE - part}

    @rule(bps=st.sampled_from([0, 250, 1_000]))
    def set_the_fee(self, bps: int) -> None:
        self.world.must("treasury", self.world.book, "set_value", short_name("market_fee_bps"), bps)
        self.world.bps = bps

    @rule(is_allowed=st.sampled_from([True, True, False]))
    def allow_the_token(self, is_allowed: bool) -> None:
        self.world.allow(is_allowed)

    @rule(seconds=st.sampled_from([3, 10]))
    def pause(self, seconds: int) -> None:
        self.world.pause(seconds)

    @precondition(lambda self: len(self.world.bought) > 2 and not self.world.dataset.is_retired)
    @rule()
    def retire(self) -> None:
        world = self.world
        world.must(world.dataset.owner, world.datasets, "retire", world.dataset.number)
        world.dataset.is_retired = True

    @rule(
        account=st.sampled_from(["provider", "contributor", "stranger", "treasury", "researcher", "member"])
    )
    def withdraw(self, account: str) -> None:
        self.world.withdraw(account)

    @rule(seconds=st.sampled_from([1, 30, PASS_SECONDS]))
    def wait(self, seconds: int) -> None:
        self.world.wait(seconds)

    @invariant()
    def holds_what_it_owes(self) -> None:
        if self.snapshot is not None:
            self.world.check()


def test_market_holds_what_it_owes_and_pays_everything_out(market_world, figures, is_deep):
    seen = prove(MarketMachine, market_world, figures, is_deep=is_deep)

    listings = {listing for state in figures.states[MarketMachine.proof] for listing in state[0]}
    assert any(right == OWNERSHIP and not left for _, right, _, left, *_ in listings), "a model changed hands"
    assert seen["distinct states"] > 50
    assert seen["distinct refusals"] > 5
