"""All cases in turn, the table of ratios, and build/bench.json."""

import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version

from benchmarks import energies, gradients, kernels
from benchmarks.environment import ROOT
from benchmarks.measuring import Case, Goal, Machine, measured_machine
from qjobs.engines.compiled import is_available

MOST_DIFFERENCE = 1e-9
PACKAGES = (
    "numpy",
    "numba",
    "qiskit",
    "qiskit-machine-learning",
    "qiskit-aer",
    "pennylane",
    "pennylane-lightning",
    "qulacs",
    "jax",
    "tensorcircuit-ng",
)


def main() -> None:
    started, load = time.monotonic(), os.getloadavg()
    machine = measured_machine()
    print(f"{platform.machine()}, peak {machine.flops / 1e9:.1f} GFLOP/s on one core, load {load[0]:.1f}")
    if not is_available():
        print("numba is not installed: the line 'compiled' runs NumPy too.")
    done: list[Case] = []
    for group in (kernels, gradients, energies):
        for case in group.cases(machine):
            print("\n".join(_lines(case)), flush=True)
            done.append(case)
    _write(done, machine, load[0], time.monotonic() - started)
    if any(case.difference > MOST_DIFFERENCE for case in done):
        sys.exit("results differ: a ratio between unequal results says nothing")


def _lines(case: Case) -> Iterator[str]:
    equal = "results equal" if case.difference <= MOST_DIFFERENCE else "RESULTS DIFFER"
    yield f"\n{case.name}: {equal} to {case.difference:.0e}; bound {case.bound * 1e3:.3g} ms"
    ours = case.ours.seconds or 0.0
    for each in (case.ours, case.plain, *case.peers):
        if each.seconds is None:
            yield f"  {each.who:32} {each.note}"
        else:
            note = f"  ({each.note})" if each.note else ""
            yield f"  {each.who:32} {each.seconds * 1e3:12.3f} ms {each.seconds / ours:10.1f}x{note}"
    for goal in case.goals:
        ceiling = _ceiling(goal, ours / case.bound)
        yield f"    {goal.what:42} {_ratio(goal):>10}  goal {_limit(goal):>10}  {goal.verdict}{ceiling}"


def _ratio(goal: Goal) -> str:
    return "-" if goal.ratio is None else f"{goal.ratio:,.1f}x"


def _limit(goal: Goal) -> str:
    return f"{'>=' if goal.at_least else '<='} {goal.limit:,}x"


def _ceiling(goal: Goal, over_bound: float) -> str:
    """Of a missed goal, what a program at the machine's bound would reach on this machine."""
    if goal.verdict != "MISSED" or goal.ratio is None or not goal.at_least:
        return ""
    return f" (the bound itself would give {goal.ratio * over_bound:,.1f}x)"


def _write(done: list[Case], machine: Machine, load: float, seconds: float) -> None:
    goals = [goal for case in done for goal in case.goals]
    document = {
        "peak_flops": machine.flops,
        "load_at_start": load,
        "seconds": round(seconds, 1),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "cases": [
            asdict(case) | {"goals": [asdict(each) | {"verdict": each.verdict} for each in case.goals]}
            for case in done
        ],
    }
    path = ROOT / "build" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")
    met = sum(goal.verdict == "met" for goal in goals)
    print(f"\n{met} of {len(goals)} goals met in {seconds:.0f} s; {path.relative_to(ROOT)} written")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
