import json
import os
import shutil
import socket
import struct
from pathlib import Path

import pytest

from common.isolation.calls import ALLOW, ARCHITECTURES, REFUSE, filter_program
from qjobs.runner import isolation
from qjobs.runner.limits import MIB, RunLimits
from qjobs.runner.process import ENVIRONMENT, PACKAGES, layers_in_words, start_isolated, stop

PROBE = Path(__file__).parents[3] / "vectors" / "qjobs" / "probe.py"


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    """Layers and what the probe met, with a listening socket and a secret file on this side."""
    folder = tmp_path_factory.mktemp("probe")
    secret, readable, output, package = (folder / name for name in ("secret", "rows.csv", "output", "escape"))
    secret.write_text("key")
    readable.write_text("a,b")
    for each in (output, package, folder / "run"):
        each.mkdir()
    shutil.copy(PROBE, package / "probe.py")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        child = start_isolated(
            ["escape.probe", str(secret), str(readable), str(output), str(port), str(os.getpid())],
            folder=folder / "run",
            readable=[readable],
            writable=[output],
            limits=RunLimits(run_seconds=20, memory_bytes=1024 * MIB, output_bytes=2 * MIB),
            packages=(*PACKAGES, package),
        )
        try:
            lines, _ = child.communicate(timeout=30)
        finally:
            stop(child)
    events = [json.loads(line) for line in lines.splitlines()]
    assert len(events) == 2, (folder / "run" / "stderr.txt").read_text()
    return events[0]["layers"], events[1]["report"]


def require_layer(probe, layer):
    layers, report = probe
    if layer not in layers:
        message = f"this kernel or container does not give the {layer!r} layer"
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return report


def test_the_child_does_its_own_work(probe):
    _, report = probe

    assert report["read its input"] == "done: 3"
    assert report["write its output"] == "done: 2"


def test_the_environment_holds_nothing_but_our_own_lines(probe):
    _, report = probe

    assert set(report["environment"]) <= {*ENVIRONMENT, "HOME", "TMPDIR", "LC_CTYPE"}
    assert report["threads"] == "1"


def test_files_and_handles_are_limited(probe):
    _, report = probe

    assert report["write too much"] == "OSError"
    assert report["open many files"] == "OSError"


@pytest.mark.attack("S30")
def test_the_network_cannot_be_reached(probe):
    report = require_layer(probe, "network")

    for name in ("connect to this machine", "connect outside"):
        assert not report[name].startswith("done"), name


@pytest.mark.attack("S30")
def test_other_files_cannot_be_read_or_written(probe):
    report = require_layer(probe, "files")

    for name in (
        "read a secret file",
        "read passwords",
        "list the root",
        "read the parent's environment",
        "write its input",
        "write beside its input",
    ):
        assert report[name] == "PermissionError", name


@pytest.mark.attack("S30")
def test_no_process_socket_or_namespace_can_be_made_and_none_be_killed(probe):
    report = require_layer(probe, "processes")

    for name in ("fork", "start a program", "kill its parent", "make a namespace", "make a socket"):
        assert report[name] == "PermissionError", name


def test_isolation_is_told_to_doctor_in_words(probe):
    layers, _ = probe

    assert isolation() == layers_in_words(layers)


def test_without_a_network_namespace_the_word_is_none():
    assert layers_in_words(["files", "processes"]) == "none"
    assert layers_in_words(["network", "files"]) == "network+files"


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize(
    ("name", "allowed"), [("read", True), ("socket", False), ("clone", False), ("thread", True)]
)
def test_the_filter_answers_each_call_on_each_architecture(machine, name, allowed):
    architecture = ARCHITECTURES[machine]
    numbers = {"read": 0 if machine == "x86_64" else 63, "socket": architecture.refused["socket"]}
    number = numbers.get(name, architecture.clone)
    flags = 0x00010000 if name == "thread" else 17

    answer = run_filter(filter_program(architecture), (number, architecture.audit, flags))

    assert (answer == ALLOW) == allowed
    assert allowed or answer & 0xFFFF0000 == REFUSE


def test_the_filter_kills_a_call_of_another_architecture():
    answer = run_filter(filter_program(ARCHITECTURES["x86_64"]), (41, 0x40000003, 0))

    assert answer == 0x80000000


def run_filter(program: bytes, call: tuple[int, int, int]) -> int:
    """A small interpreter of the instructions that the filter uses."""
    lines = list(struct.iter_unpack("=HBBI", program))
    words = {0: call[0], 4: call[1], 16: call[2]}
    at = value = 0
    while True:
        code, if_true, if_false, operand = lines[at]
        at += 1
        if code == 0x20:
            value = words[operand]
        elif code == 0x06:
            return operand
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += if_true if holds else if_false
