"""A pytest plugin that scores faults and attacks by id: survived / total (`make faults`).

The app's and the contracts' tests run under two pytests; SCORE_SO_FAR=1 makes the second add to what the
first left in build/faults.json. An id that both prove is survived when both do.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

RECORD = Path(__file__).resolve().parents[2] / "build" / "faults.json"
_KINDS = ("fault", "attack")
_failed: dict[str, bool] = defaultdict(bool)
_ids: dict[str, set[str]] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notes which ids each test stands for."""
    for item in items:
        marks = [mark for kind in _KINDS for mark in item.iter_markers(kind)]
        _ids[item.nodeid] = {identifier for mark in marks for identifier in mark.args}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """An id is survived when none of its tests fails or is skipped."""
    for identifier in _ids.get(report.nodeid, ()):
        _failed[identifier] |= report.failed or report.skipped


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line a kind, of all that was scored so far."""
    if os.environ.get("SCORE_SO_FAR") == "1" and RECORD.is_file():
        for identifier, has_failed in json.loads(RECORD.read_text()).items():
            _failed[identifier] |= has_failed
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text(json.dumps(_failed, indent=1, sort_keys=True) + "\n")
    for kind, letter in (("faults", "F"), ("attacks", "S")):
        known = sorted(name for name in _failed if name.startswith(letter))
        lost = [name for name in known if _failed[name]]
        line = f"{kind} survived: {len(known) - len(lost)} / {len(known)}"
        terminalreporter.write_line(line + (f" (not: {', '.join(lost)})" if lost else ""))
