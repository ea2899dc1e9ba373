"""Every sequence of a small alphabet, to a bounded depth, around the sale of a model itself.

After every step the market holds what it owes and the model belongs to whom the plain model says; from every
state reached, everything is paid out.
"""

from collections.abc import Callable, Iterable

from market_world import MarketWorld
from search import Action, explore
from stage import MAX, OWNERSHIP, PREDICT

PRICE = 10_000_007
PAUSE_SECONDS = 10


def alphabet() -> list[Action]:
    """What seller, buyers, the DAO and anybody else may do about one model."""
    return [
        lambda w: w.offer(w.model, PRICE, 1, 0),
        lambda w: w.offer(w.model, 0, 2, 0),
        lambda w: w.list_passes(w.model, PREDICT, 39, 0, False),
        lambda w: w.let_move(True, True),
        lambda w: w.let_move(True, False),
        lambda w: w.let_move(False, True),
        lambda w: buy(w, "member"),
        lambda w: buy(w, "provider"),
        lambda w: buy(w, "researcher", PRICE - 1),
        lambda w: buy(w, "researcher", which=min),
        lambda w: w.transfer(w.model, "member"),
        lambda w: w.transfer(w.model, "provider"),
        lambda w: w.listings and w.delist(max(w.listings)),
        lambda w: w.pause(PAUSE_SECONDS),
        lambda w: w.wait(PAUSE_SECONDS),
        lambda w: w.withdraw("provider"),
    ]


def buy(
    world: MarketWorld, buyer: str, max_price: int = MAX, which: Callable[[Iterable[int]], int] = max
) -> None:
    """The newest of the listings, or the oldest."""
    if world.listings:
        world.buy(which(world.listings), buyer, max_price, 1)


def test_every_short_sequence_around_the_sale_of_a_model_does_what_the_model_does(
    market_world, figures, is_deep
):
    market_world.begin()
    market_world.offer(market_world.model, PRICE, 1, 0)
    calls_before, left_at = market_world.chain.calls, {}

    actions: list[Action] = [lambda w, act=act: (act(w), w.check()) for act in alphabet()]
    explore(market_world, actions, 4 if is_deep else 3, left_at)

    steps = market_world.chain.calls - calls_before
    seen = {"states": set(left_at), "refusals": market_world.refusals}
    figures.add("sales of a model, every sequence", steps=steps, **seen)
    listings = {listing for state in left_at for listing in state[0]}
    assert any(right == OWNERSHIP and not left for _, right, _, left, *_ in listings), "a model changed hands"
    assert len(left_at) > 10
