"""Every sequence of a small alphabet to a bounded depth, on a world that moves a chain and its model.

Where two sequences reach the same state, only the first goes on: the state alone decides what can happen.
"""

from collections.abc import Callable
from typing import Any, Protocol

from fast_chain import FastChain

Action = Callable[[Any], object]


class World(Protocol):
    """`kept` is the model as it stands, apart from the chain; `drain` pays everything out."""

    chain: FastChain

    def kept(self) -> Any: ...

    def restore(self, kept: Any) -> None: ...

    def shape(self) -> Any: ...

    def drain(self) -> None: ...


def explore(world: World, actions: list[Action], depth: int, left_at: dict[object, int]) -> None:
    """Depth first, back by snapshots; a state is entered again only with more steps left."""
    if left_at.get(world.shape(), -1) >= depth:
        return
    is_new = world.shape() not in left_at
    left_at[world.shape()] = depth
    if is_new:
        _from_here(world, lambda w: w.drain())
    if depth == 0:
        return
    for action in actions:
        _from_here(world, lambda w, action=action: (action(w), explore(w, actions, depth - 1, left_at)))


def _from_here(world: World, branch: Action) -> None:
    snapshot, kept = world.chain.snapshot(), world.kept()
    branch(world)
    world.chain.undo(snapshot)
    world.restore(kept)
