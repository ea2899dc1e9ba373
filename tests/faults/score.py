"""A pytest plugin that scores faults and attacks by id: survived / total (`make faults`)."""

from collections import defaultdict

import pytest

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
    """One line a kind."""
    for kind, letter in (("faults", "F"), ("attacks", "S")):
        known = sorted(name for name in _failed if name.startswith(letter))
        lost = [name for name in known if _failed[name]]
        line = f"{kind} survived: {len(known) - len(lost)} / {len(known)}"
        terminalreporter.write_line(line + (f" (not: {', '.join(lost)})" if lost else ""))
