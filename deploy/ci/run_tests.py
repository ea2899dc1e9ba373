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
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from run_checks import CHECKS, ROOT, failed_checks

REPORTS = ROOT / "build" / "reports"
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


def run_together(first: Suite, *others: Suite) -> list[Outcome]:
    """Runs the suites at once: the first prints as it goes, the others when it has ended."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    logs = {suite.name: REPORTS / f"{suite.name}.log" for suite in others}
    with ThreadPoolExecutor(max_workers=len(others) + 1) as pool:
        running = [pool.submit(run_suite, suite, logs[suite.name]) for suite in others]
        print(f"\n== {first.name}", flush=True)
        outcomes = run_suite(first)
        for suite, ended in zip(others, running, strict=True):
            outcomes += ended.result()
            print(f"\n== {suite.name}\n{logs[suite.name].read_text(errors='replace')}", flush=True)
    return outcomes


def run_suite(suite: Suite, log: Path | None = None) -> list[Outcome]:
    """Runs it with a JUnit report; without one it has failed. What it prints goes to the log, if any."""
    name, folder = suite.name, suite.folder
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [*suite.command, f"--junitxml={report}"]
    with log.open("wb") if log else nullcontext() as output:
        code = subprocess.run(
            command, cwd=ROOT, env=suite.environ, stdout=output, stderr=output, check=False
        ).returncode
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
    ape = [program("python", ".venv-contracts"), "contracts/run_tests.py", "-q"]
    outcomes = run_together(
        Suite("app", "tests", [program("python"), "-m", "pytest", "-rs"], dict(os.environ)),
        Suite("contracts", "tests/contracts", ape, tools_environment()),
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
