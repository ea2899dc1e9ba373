"""Runs every check and every test, and ends with one plain line `N passed, N failed, N skipped`.

    .venv/bin/python deploy/ci/run_tests.py

A check that fails, and a run that breaks off, count as failed. Under REQUIRE_ALL=1 nothing may be skipped and
each group in required_groups.txt must have run.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from run_checks import CHECKS, ROOT, failed_checks

REPORTS = ROOT / "build" / "reports"
STACK_TESTS = "tests/integration/stack"  # with the journeys: so both lanes take about as long
NOT_STACK = (f"--ignore={STACK_TESTS}",)
GROUPS_FILE = Path(__file__).with_name("required_groups.txt")


@dataclass(frozen=True)
class Outcome:
    """One test: `group` is its dotted module, e.g. tests.unit.stack.test_ports."""

    group: str
    name: str
    result: str  # passed, failed or skipped
    reason: str = ""


def program(name: str, environment: str = ".venv") -> str:
    """A program of one of our environments."""
    return str(ROOT / environment / "bin" / name)


@dataclass(frozen=True)
class Suite:
    """A test command that takes pytest's options; its tests lie in `folder`."""

    name: str
    folder: str
    command: list[str]
    environ: dict[str, str]


def run_together(*lanes: list[Suite]) -> list[Outcome]:
    """Runs the lanes at once, the suites of a lane one after another; in the lanes' order."""
    with ThreadPoolExecutor(max_workers=len(lanes)) as pool:
        running = [pool.submit(lambda lane: [run_suite(suite) for suite in lane], lane) for lane in lanes]
        return [outcome for ended in running for found in ended.result() for outcome in found]


def run_suite(suite: Suite) -> list[Outcome]:
    """Runs it with a JUnit report, without which it has failed; prints what it said once it has ended."""
    name, folder = suite.name, suite.folder
    REPORTS.mkdir(parents=True, exist_ok=True)
    report, log = REPORTS / f"{name}.xml", REPORTS / f"{name}.log"
    report.unlink(missing_ok=True)
    command = [*suite.command, f"--junitxml={report}"]
    print(f"== {name} begins, its words go to {log.relative_to(log.parents[2])}", flush=True)
    with log.open("wb") as words:
        code = subprocess.run(
            command, cwd=ROOT, env=suite.environ, stdout=words, stderr=words, check=False
        ).returncode
    print(f"\n== {name}\n{log.read_text(errors='replace')}", flush=True)
    outcomes = [under(folder, outcome) for outcome in read_report(report)] if report.is_file() else []
    has_failure = any(outcome.result == "failed" for outcome in outcomes)
    if not outcomes or (code != 0 and not has_failure):
        outcomes.append(Outcome(name, "the run itself", "failed", f"it ended with code {code}"))
    return outcomes


def under(folder: str, outcome: Outcome) -> Outcome:
    """The outcome under its module's full name; a suite with its own pytest.ini leaves the folder out."""
    prefix = folder.replace("/", ".") + "."
    return outcome if outcome.group.startswith("tests.") else replace(outcome, group=prefix + outcome.group)


def read_report(report: Path) -> list[Outcome]:
    """The outcomes in a JUnit file. One that passes and then fails in its teardown counts once, as failed."""
    found: dict[tuple[str, str], Outcome] = {}
    # Our own test runner wrote the file a moment ago.
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
        group, name = case.get("classname", ""), case.get("name", "")
        outcome = Outcome(group, name, *_result_of(case))
        known = found.get((group, name))
        if known is None or outcome.result == "failed":
            found[group, name] = outcome
    return list(found.values())


def _result_of(case: ElementTree.Element) -> tuple[str, str]:
    for tag, result in (("failure", "failed"), ("error", "failed"), ("skipped", "skipped")):
        found = case.find(tag)
        if found is not None:
            return result, (found.get("message") or "").strip().splitlines()[0] if found.get(
                "message"
            ) else ""
    return "passed", ""


def groups_that_did_not_run(required: Iterable[str], outcomes: Iterable[Outcome]) -> list[str]:
    """The required groups (dotted prefixes) of which no test passed or failed."""
    ran = {outcome.group for outcome in outcomes if outcome.result != "skipped"}
    return [name for name in required if not any(f"{group}.".startswith(f"{name}.") for group in ran)]


def required_groups(text: str) -> list[str]:
    """One group a line; what follows a # is for the reader."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def tools_environment() -> dict[str, str]:
    """Ape's environment: none of pytest's or Django's settings."""
    dropped = {"DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS", "VIRTUAL_ENV", "PYTHONPATH"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


def complaints(outcomes: list[Outcome], missing: list[str], *, requires_all: bool) -> list[str]:
    """A line for each thing that stands in the way of success."""
    lines = []
    for outcome in outcomes:
        place = f"{outcome.group}::{outcome.name}"
        if outcome.result == "failed":
            lines.append(f"failed: {place} {outcome.reason[:200]}".rstrip())
        if outcome.result == "skipped" and requires_all:
            lines.append(f"skipped, but REQUIRE_ALL=1: {place} {outcome.reason[:200]}".rstrip())
    return lines + [f"failed: no test of the required group {name} ran" for name in missing]


def summary(outcomes: list[Outcome], more_failures: int) -> str:
    """The last line of `make test`."""
    count = Counter(outcome.result for outcome in outcomes)
    return f"{count['passed']} passed, {count['failed'] + more_failures} failed, {count['skipped']} skipped"


def main() -> int:
    requires_all = os.environ.get("REQUIRE_ALL") == "1"
    failed = failed_checks(CHECKS)
    pytest = [program("python"), "-m", "pytest", "-rs"]
    ape = [program("python", ".venv-contracts"), "contracts/run_tests.py", "-q"]
    here = dict(os.environ)
    outcomes = run_together(
        [Suite("app", "tests", [*pytest, "tests/unit", "tests/integration", *NOT_STACK], here)],
        [
            Suite("contracts", "tests/contracts", ape, tools_environment()),
            Suite("journeys", "tests", [*pytest, "tests/faults", "tests/e2e", STACK_TESTS], here),
        ],
    )
    required = required_groups(GROUPS_FILE.read_text()) if requires_all else []
    missing = groups_that_did_not_run(required, outcomes)
    found = complaints(outcomes, missing, requires_all=requires_all)
    print()
    for line in [*(f"failed: check {name}" for name in failed), *found]:
        print(line)
    print(summary(outcomes, len(failed) + len(missing)))
    return 1 if failed or found else 0


if __name__ == "__main__":
    sys.exit(main())
