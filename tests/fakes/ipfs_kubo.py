"""A real Kubo node for tests, offline, in a folder of its own."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

START_SECONDS = 60


@dataclass(frozen=True)
class KuboNode:
    binary: str
    repo: Path
    api_url: str
    gateway_url: str

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """The output of `ipfs ...` against this node."""
        return subprocess.run(
            [self.binary, *arguments], input=stdin, env=self.environment, check=True, capture_output=True
        ).stdout

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "IPFS_PATH": str(self.repo), "IPFS_TELEMETRY": "off"}


@contextmanager
def running_kubo(binary: str, repo: Path) -> Iterator[KuboNode]:
    """`ipfs init` and `ipfs daemon --offline` on free ports, with the old import settings as its own."""
    node = KuboNode(binary, repo, "", "")
    node.run("init", "--profile=test,unixfs-v0-2015")
    node.run("config", "profile", "apply", "autoconf-off")
    node.run("bootstrap", "rm", "--all")
    with (repo / "daemon.log").open("wb") as log:
        daemon = subprocess.Popen(
            [binary, "daemon", "--offline"], env=node.environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(repo, daemon)
        api = _url((repo / "api").read_text())
        yield KuboNode(binary, repo, api, (repo / "gateway").read_text().strip())
    finally:
        daemon.terminate()
        daemon.wait(START_SECONDS)


def _wait_until_ready(repo: Path, daemon: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "Daemon is ready" not in (repo / "daemon.log").read_text():
        if daemon.poll() is not None or time.monotonic() > deadline:
            pytest.fail((repo / "daemon.log").read_text())
        time.sleep(0.1)


def _url(multiaddr: str) -> str:
    _, _, host, _, port = multiaddr.strip().split("/")
    return f"http://{host}:{port}"
