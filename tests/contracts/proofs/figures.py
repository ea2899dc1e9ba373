"""How far the proofs went: examples, steps and distinct states, for the record in docs/proofs.md."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from toolchain import ROOT

FILE = ROOT / "build" / "proofs.json"


@dataclass
class Figures:
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    states: dict[str, set[Any]] = field(default_factory=dict)
    refusals: dict[str, set[str]] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def add(self, proof: str, *, steps: int, states: set[Any], refusals: set[str]) -> None:
        """One example of a proof, at its end."""
        self.counts.setdefault(proof, Counter()).update(examples=1, steps=steps)
        self.states.setdefault(proof, set()).update(states)
        self.refusals.setdefault(proof, set()).update(refusals)

    def summary(self) -> dict[str, dict[str, int]]:
        return {
            proof: {
                **counts,
                "distinct states": len(self.states[proof]),
                "distinct refusals": len(self.refusals[proof]),
            }
            for proof, counts in self.counts.items()
        }

    def write(self) -> None:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        seconds = round(time.monotonic() - self.started)
        FILE.write_text(json.dumps({"seconds": seconds, "proofs": self.summary()}, indent=1) + "\n")
