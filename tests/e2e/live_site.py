"""A whole site for a browser: every real part in a folder and on ports of its own, stopped at the end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from chain.client import ChainClient
from chain.deployments import Deployment, read_deployment
from config.stack import anvil, processes
from config.stack.endpoints import read_endpoints
from config.stack.layout import ROOT, Layout
from config.stack.ports import unused_port
from config.stack.supervisor import MARK
from tests.integration.stack.clean_up import forget_cluster
from tests.tools import missing

FOREIGN = {
    "DATABASE_URL",
    "BROKER_URL",
    "CHAIN_RPC_URL",
    "IPFS_API_URL",
    "RELEASE_URL",
    "SITE_URL",
    "SECRET_KEY",
}


@dataclass(frozen=True)
class LiveSite:
    """Where the site and its chain answer."""

    url: str
    rpc_url: str
    client: ChainClient
    deployment: Deployment
    deployment_file: Path

    def mine_every(self, seconds: int) -> None:
        """Sets the chain's pace; 0 stops it."""
        request = {"jsonrpc": "2.0", "id": 1, "method": "evm_setIntervalMining", "params": [seconds]}
        requests.post(self.rpc_url, json=request, timeout=10).raise_for_status()


@contextmanager
def live_site(folder: Path) -> Iterator[LiveSite]:
    """A running site in this folder."""
    if not (ROOT / ".venv-contracts" / "bin" / "ape").exists():
        missing("the contract tools are not installed (make setup)")
    layout, port = Layout(ROOT, folder / "var"), unused_port()
    started = _type(layout, port, "up", "--detach")
    try:
        assert started.returncode == 0, started.stdout
        rpc_url = read_endpoints(layout)["CHAIN_RPC_URL"]
        yield LiveSite(
            url=f"http://127.0.0.1:{port}",
            rpc_url=rpc_url,
            client=ChainClient(rpc_url, anvil.CHAIN_ID),
            deployment=read_deployment(layout.deployment_file(anvil.CHAIN_ID)),
            deployment_file=layout.deployment_file(anvil.CHAIN_ID),
        )
    finally:
        _type(layout, port, "down")
        processes.kill_all(processes.marked(MARK, layout.name))
        forget_cluster(layout)


def _type(layout: Layout, port: int, *words: str) -> subprocess.CompletedProcess[str]:
    """One manage.py command, as a person types it."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    own = {
        "VAR_DIR": str(layout.var_dir),
        "WEB_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=kept | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
