"""Processes, ports and restarts."""

import json
import os
import socket
import subprocess
import sys

import pytest

from config.stack import ports, processes
from config.stack.errors import PortTaken, StackError
from config.stack.supervisor import pause_before_restart
from config.stack.tether import tethered


@pytest.fixture
def busy_port():
    """A port on which another program listens."""
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_living_process_is_found_again_by_its_pid_file(tmp_path):
    myself = processes.identify(os.getpid())

    processes.write_pid_file(tmp_path / "pid", myself)

    assert processes.read_pid_file(tmp_path / "pid") == myself


@pytest.mark.parametrize("text", ["", "12", "{}", '{"pid": "x", "started": "1"}'])
def test_a_broken_pid_file_names_nobody(tmp_path, text):
    (tmp_path / "pid").write_text(text)

    assert processes.read_pid_file(tmp_path / "pid") is None


def test_a_pid_that_another_process_has_by_now_names_nobody(tmp_path):
    (tmp_path / "pid").write_text(json.dumps({"pid": os.getpid(), "started": "1"}))

    assert processes.read_pid_file(tmp_path / "pid") is None


def test_a_zombie_counts_as_gone():
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    known = processes.identify(child.pid)
    try:
        assert known is None or processes.wait_gone(known, 10)
    finally:
        child.wait()


def test_a_program_that_is_missing_is_named():
    ended = subprocess.run(tethered(["/nowhere/program"]), capture_output=True, text=True, check=False)

    assert ended.returncode == 127
    assert "/nowhere/program" in ended.stderr


def test_a_busy_port_is_passed_over(busy_port):
    assert not ports.is_free(busy_port)
    assert ports.choose_port(busy_port, "the chain") > busy_port


def test_ports_that_are_all_busy_are_named(busy_port):
    with pytest.raises(PortTaken, match="the chain"):
        ports.choose_port(busy_port, "the chain", attempts=1)


def test_a_web_port_that_was_asked_for_is_taken_exactly_or_refused(busy_port):
    free = ports.unused_port()

    assert ports.choose_web_port(str(free)) == (free, None)
    with pytest.raises(PortTaken, match="WEB_PORT"):
        ports.choose_web_port(str(busy_port))


@pytest.mark.parametrize("wanted", ["0", "65536", "http", "-1"])
def test_a_web_port_that_is_none_is_refused(wanted):
    with pytest.raises(StackError, match="WEB_PORT"):
        ports.choose_web_port(wanted)


def test_pauses_before_restarts_grow_and_end_growing():
    assert [pause_before_restart(failures) for failures in (1, 2, 3, 20)] == [0.5, 1.0, 2.0, 30.0]
