"""Runs a state machine over one world: a few fixed examples, or many new ones in a deep run."""

from typing import Any

from figures import Figures
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


class WorldMachine(RuleBasedStateMachine):
    """A machine whose examples begin at a snapshot of `world` and are undone at their end.

    The world has begin(), drain(), chain, states and refusals; `proof` names the machine in the figures.
    """

    world: Any
    figures: Figures
    proof: str
    snapshot: str | None = None

    def start(self) -> None:
        """Called by the machine's first rule."""
        self.snapshot, self.calls_before = self.world.chain.snapshot(), self.world.chain.calls
        self.world.begin()

    def teardown(self) -> None:
        if self.snapshot is None:
            return
        try:
            self.world.drain()
        finally:
            self.world.chain.undo(self.snapshot)
            steps = self.world.chain.calls - self.calls_before
            seen = {"states": self.world.states, "refusals": self.world.refusals}
            self.figures.add(self.proof, steps=steps, **seen)


def prove(
    machine: type[WorldMachine],
    world: Any,
    figures: Figures,
    *,
    is_deep: bool,
    parts: int = 1,
    **attributes: Any,
) -> dict[str, int]:
    """Runs the machine, with its attributes, on the world for one of `parts` of its examples: what it saw."""
    run_state_machine_as_test(
        type("Machine", (machine,), {"world": world, "figures": figures, **attributes}),
        settings=settings(
            max_examples=(150 if is_deep else 12) // parts,
            stateful_step_count=60 if is_deep else 40,
            derandomize=not is_deep,
            # Looking for a shorter failure takes minutes: only where minutes are meant.
            phases=[Phase.generate, Phase.shrink] if is_deep else [Phase.generate],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return figures.summary()[machine.proof]
