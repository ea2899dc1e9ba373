"""Anvil, the embedded development chain: the native binary under our own supervision.

npm's `node_modules/.bin/anvil` is a launcher whose death leaves the real node holding its port: not used.
"""

import os
import platform
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self

from config.stack import jsonrpc, processes
from config.stack.errors import MissingTool
from config.stack.layout import ROOT
from config.stack.ports import HOST
from config.stack.tether import tethered

CHAIN_ID = 31337
START_SECONDS = 30
SAVE_AND_STOP = signal.SIGINT
STATE_SECONDS = 60  # a kill -9 costs at most this much of the chain; the follower then rewinds
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def binary(root: Path = ROOT) -> Path:
    """The native program that npm brought for this machine."""
    machine = MACHINES.get(platform.machine().lower(), platform.machine())
    file = root / "node_modules" / "@foundry-rs" / f"anvil-{sys.platform}-{machine}" / "bin" / "anvil"
    if not file.is_file():
        raise MissingTool(f"Anvil is not installed ({file} is missing); `make setup` installs it")
    return file


def command(*, port: int, block_seconds: int | None, state_file: Path | None) -> list[str]:
    """Anvil's words; without block_seconds each transaction makes a block at once."""
    words: list[str | Path] = [binary(), "--host", HOST, "--port", str(port), "--chain-id", str(CHAIN_ID)]
    words += ["--slots-in-an-epoch", "1"]
    if block_seconds is not None:
        words += ["--block-time", str(block_seconds)]
    if state_file is not None:
        words += ["--state", state_file, "--state-interval", str(STATE_SECONDS)]
    # With a state file it saves also when its supervisor is killed.
    return tethered(words, death_signal=SAVE_AND_STOP if state_file else signal.SIGKILL)


def quiet_command(port: int, state_file: Path, cache_dir: Path) -> list[str]:
    """The stack's chain: a block a second, saved every minute, no log line for each block."""
    words = command(port=port, block_seconds=1, state_file=state_file)
    return [*words, "--quiet", "--cache-path", str(cache_dir)]


@dataclass
class AnvilNode:
    """A running node of ours; as a context manager it ends with the block."""

    rpc_url: str
    chain_id: int
    process: "subprocess.Popen[bytes]" = field(repr=False)
    scratch: Path = field(repr=False)

    @property
    def port(self) -> int:
        return int(self.rpc_url.rpartition(":")[2])

    def rpc(self, method: str, *params: object) -> Any:
        """The result of one JSON-RPC call, e.g. rpc("evm_mine") or rpc("anvil_reorg", 3, [])."""
        return jsonrpc.call(self.rpc_url, method, *params, seconds=30)

    def stop(self) -> None:
        """Ends the node; with a state file it saves first."""
        if self.process.poll() is None:
            self.process.send_signal(SAVE_AND_STOP)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self._forget()

    def kill(self) -> None:
        """kill -9: nothing is saved."""
        self.process.kill()
        self.process.wait()
        self._forget()

    def _forget(self) -> None:
        """Drops past states, which a killed node leaves on disk, and a log that nobody named."""
        shutil.rmtree(self.scratch, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()


def start_anvil(
    *,
    port: int = 0,
    block_seconds: int | None = None,
    state_file: Path | None = None,
    log: Path | None = None,
) -> AnvilNode:
    """Starts a node and returns when it answers; port 0 takes a free one. For tests: `up` has its own."""
    scratch = Path(mkdtemp(prefix="qommons-anvil-"))
    log = log or scratch / "log"
    words = command(port=port, block_seconds=block_seconds, state_file=state_file)
    words += ["--cache-path", str(scratch / "states")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=environment(),
        )
    try:
        processes.wait_ready(
            "Anvil", lambda: _listening_address(log) is not None, process, log, START_SECONDS
        )
    except BaseException:
        process.kill()
        process.wait()
        raise
    return AnvilNode(f"http://{_listening_address(log)}", CHAIN_ID, process, scratch)


def environment() -> dict[str, str]:
    """The environment without variables that would change where the node listens."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ANVIL_", "FOUNDRY_"))}


def _listening_address(log: Path) -> str | None:
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith("Listening on "):
            return line.removeprefix("Listening on ").strip()
    return None


def answers(rpc_url: str) -> bool:
    """True when a node answers there."""
    try:
        jsonrpc.call(rpc_url, "eth_chainId", seconds=2)
    except (jsonrpc.NodeAway, jsonrpc.NodeRefused):
        return False
    return True


def genesis_hash(rpc_url: str) -> str:
    """The chain's identity: its first block's hash."""
    return str(jsonrpc.call(rpc_url, "eth_getBlockByNumber", "0x0", False)["hash"])
