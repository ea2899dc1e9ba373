"""The main job while its parts are killed around it: it ends once, and the same money moves."""

import json
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.e2e.person import Person, somebody

BY_CLAIM_POST_SETTLE = {"JobRequested", "JobApproved", "TaskClaimed", "ResultPosted", "JobSettled"}


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One demo with an accident in each act."""
    with somebody(tmp_path_factory.mktemp("accidents")) as operator:
        code, output = operator.types("up", "--detach")
        assert code == 0, output
        yield _tell_with_accidents(operator)


def _tell_with_accidents(operator: Person) -> dict[str, Any]:
    accidents: dict[str, Callable[[], None]] = {
        "== The provider publishes": lambda: _kill(operator, "follower"),
        "== The researcher requests": lambda: shutil.rmtree(operator.layout.var_dir / "queue"),
        "== The Timelock approves": lambda: _kill(operator, "follower"),
        "split 2 of 5": lambda: _kill(operator, "jobs"),
        "== The challenge window": lambda: _kill(operator, "sender"),
        "== Everybody withdraws": lambda: _kill(operator, "web"),
    }
    lines, happened = [], []
    story = operator.starts("demo", "--story")
    assert story.stdout is not None
    for line in story.stdout:
        lines.append(line)
        for sign in [sign for sign in accidents if sign in line]:
            accidents.pop(sign)()
            happened.append(sign)
    assert story.wait() == 0, "".join(lines[-40:])
    report = json.loads((operator.layout.var_dir / "demo" / "report.json").read_text())
    job = _job(operator, report["job_id"])
    return {"report": report, "job": job, "never_came": list(accidents), "happened": happened}


def _kill(operator: Person, part: str) -> None:
    """kill -9 of the part and of everything under it."""
    pid = operator.parts()[part]["pid"]
    for victim in [*_children(pid), pid]:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [*_children(child), child]
    return found


def _job(operator: Person, job_id: str) -> dict[str, Any]:
    with urlopen(f"http://127.0.0.1:{operator.web_port}/api/v1/jobs/{job_id}") as answer:
        return json.load(answer)


@pytest.mark.fault("F02")
def test_main_job_survives_every_accident(survived: dict[str, Any]) -> None:
    assert survived["never_came"] == []


@pytest.mark.fault("F01")
def test_killed_worker_costs_an_attempt_and_not_a_second_result(survived: dict[str, Any]) -> None:
    events = Counter(row["event"] for row in survived["job"]["history"])

    assert {name: events[name] for name in BY_CLAIM_POST_SETTLE} == dict.fromkeys(BY_CLAIM_POST_SETTLE, 1)
    assert survived["job"]["run"]["attempts"] == 2


@pytest.mark.fault("F05")
def test_money_is_the_same_as_without_accidents(survived: dict[str, Any]) -> None:
    assert sorted(survived["report"]["payouts"].values()) == [1_625_000, 7_612_500, 17_762_500, 40_000_000]
