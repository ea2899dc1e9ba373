"""Nothing of a stack outlives it, whatever ends it, and what dies inside it comes back."""

import os
import signal
import subprocess
import sys
import time

import pytest

from config.stack import anvil, postgres, postgres_cluster, processes, stack
from config.stack.endpoints import read_json
from config.stack.errors import AlreadyRunning
from config.stack.guard import is_locked, lock_stack
from config.stack.layout import ROOT, Layout
from config.stack.ports import unused_port
from config.stack.supervisor import MARK
from tests.integration.stack.clean_up import forget_cluster


class SmallStack:
    """A running small stack; `guard` is the process that a person would have started."""

    def __init__(self, layout, chain_port):
        self.layout = layout
        self.rpc_url = f"http://127.0.0.1:{chain_port}"
        words = [
            sys.executable,
            "-m",
            "tests.integration.stack.small_stack",
            str(layout.var_dir),
            str(chain_port),
        ]
        self.guard = subprocess.Popen(words, cwd=ROOT, start_new_session=True)
        wait_for(lambda: self.phase == "ready", "the stack to be ready", 60)
        self.supervisor = processes.children(self.guard.pid)[0].pid

    @property
    def phase(self):
        return read_json(self.layout.run_dir / "state.json").get("phase")

    def part(self, name):
        parts = read_json(self.layout.run_dir / "state.json")["parts"]
        return next(part for part in parts if part["name"] == name)

    def is_well(self):
        cluster = postgres_cluster.cluster_of(self.layout)
        return postgres.is_ready(cluster) and anvil.answers(self.rpc_url)


def wait_for(is_true, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def left_of(layout):
    """What still runs of a stack, found by the mark in its environment."""
    return processes.marked(MARK, layout.name)


@pytest.fixture
def layout(tmp_path):
    made = Layout(ROOT, tmp_path / "var")
    yield made
    processes.kill_all(left_of(made))
    forget_cluster(made)


@pytest.fixture
def small_stack(layout):
    started = SmallStack(layout, unused_port())
    yield started
    processes.kill_all([*processes.descendants(started.guard.pid)])
    started.guard.kill()
    started.guard.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_leaves_no_process(small_stack, layout, number):
    assert small_stack.is_well()

    small_stack.guard.send_signal(number)

    assert small_stack.guard.wait(30) == 0
    assert left_of(layout) == []
    assert not is_locked(layout)
    assert not layout.pid_file.exists()


def test_a_killed_supervisor_leaves_no_process(small_stack, layout):
    os.kill(small_stack.supervisor, signal.SIGKILL)

    assert small_stack.guard.wait(30) != 0
    assert left_of(layout) == []


def test_a_killed_guard_leaves_no_process(small_stack, layout):
    small_stack.guard.kill()

    wait_for(lambda: not left_of(layout), "every process to end")
    wait_for(lambda: not is_locked(layout), "the lock to be free")


def test_what_a_double_kill_leaves_is_ended_by_down(small_stack, layout):
    os.kill(small_stack.supervisor, signal.SIGSTOP)  # so that it cannot stop its parts in good order
    small_stack.guard.kill()
    os.kill(small_stack.supervisor, signal.SIGKILL)
    wait_for(lambda: not is_locked(layout), "the lock to be free")

    assert stack.stop(layout) == 0

    wait_for(lambda: not left_of(layout), "every process to end")


def test_a_killed_database_and_chain_come_back(small_stack):
    before = small_stack.part("database")["pid"]
    for name in ("database", "chain"):
        os.kill(small_stack.part(name)["pid"], signal.SIGKILL)

    wait_for(lambda: small_stack.part("database")["restarts"] == 1, "the database's restart")
    wait_for(small_stack.is_well, "database and chain to answer")
    assert small_stack.part("database")["pid"] != before


def test_a_part_that_keeps_dying_is_started_again_with_growing_pauses(small_stack):
    wait_for(lambda: small_stack.part("dying")["restarts"] >= 2, "the second restart")

    assert small_stack.phase == "ready"


def test_a_second_stack_of_the_same_folder_is_refused_with_the_first_ones_pid(small_stack, layout):
    with pytest.raises(AlreadyRunning) as refused:
        lock_stack(layout)

    assert refused.value.pid == small_stack.guard.pid


def test_down_stops_a_running_stack_and_says_so_when_there_is_none(small_stack, layout, capsys):
    assert stack.stop(layout) == 0
    assert small_stack.guard.wait(10) == 0
    assert left_of(layout) == []

    assert stack.stop(layout) == 0
    assert "does not run" in capsys.readouterr().out


def test_the_chain_goes_on_after_a_restart_with_the_same_identity(small_stack, layout):
    genesis_hash = anvil.genesis_hash(small_stack.rpc_url)
    for _ in range(2):
        small_stack.guard.send_signal(signal.SIGINT)
        small_stack.guard.wait(30)
        small_stack = SmallStack(layout, unused_port())
        assert anvil.genesis_hash(small_stack.rpc_url) == genesis_hash
    small_stack.guard.send_signal(signal.SIGINT)
    small_stack.guard.wait(30)
