"""Random reorganisations, deaths and lagging logs: the rows are always those of a fresh replay."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chain.indexer.loop import catch_up
from chain.models import IndexCursor
from tests.integration.chain.conftest import follower_of, forget_everything
from tests.integration.chain.deaths import Killed, dies_at
from tests.integration.chain.replays import POINTS, assert_is_fresh_replay, mint, move
from tests.unit.chain.fake_chain import FakeChain

transfers = st.lists(
    st.builds(
        lambda sender, to, value: move(sender, to, value) if sender else mint(to, value),
        st.integers(0, 4),
        st.integers(1, 4),
        st.integers(0, 9),
    ),
    max_size=3,
)
branches = st.lists(transfers, max_size=6)
acts = st.one_of(
    st.tuples(st.just("mine"), branches),
    st.tuples(st.just("reorg"), st.integers(1, 12), branches),
    st.tuples(st.just("look"), st.integers(1, 5)),
    st.tuples(st.just("die"), st.sampled_from(POINTS), st.integers(0, 2)),
    st.tuples(st.just("hide"), st.integers(0, 6)),
)


@pytest.mark.fault("F12")
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tree=st.lists(acts, max_size=16))
def test_every_reorg_tree_ends_in_the_rows_of_a_fresh_replay(toy, tree):
    forget_everything()
    chain = FakeChain()
    for act in tree:
        perform(act, chain, toy)
    chain.hidden_logs.clear()

    catch_up(follower_of(chain, toy))

    assert_is_fresh_replay(chain, toy)
    assert IndexCursor.objects.get().deep_number <= chain.head().number


def perform(act, chain: FakeChain, toy) -> None:
    match act:
        case ("mine", blocks):
            chain.hidden_logs.clear()  # what a node leaves out it has a few blocks later
            chain.mine(*blocks)
        case ("reorg", depth, blocks):
            chain.reorg(depth, *blocks)
        case ("look", times):
            follower = follower_of(chain, toy)
            for _ in range(times):
                follower.step()
        case ("hide", below_head):
            # The node leaves out logs that it has; near the head receipts make up for it.
            chain.hidden_logs = {chain.head().number - below_head}
        case ("die", point, countdown):
            with suppress(Killed):
                catch_up(follower_of(chain, toy, failpoint=dies_at(point, countdown)))
