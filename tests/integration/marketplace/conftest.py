"""The market on a real chain and a real database: wallets at the API, and a follower to bring events in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from chain.abi import Call
from chain.accounts import LocalWallet
from chain.client import ChainClient
from chain.deployments import Deployment, read_deployment
from chain.indexer.follower import Follower, Progress
from chain.indexer.ledger import Ledger, no_failpoint
from chain.indexer.options import FollowOptions
from chain.projections import load
from config.stack.anvil import AnvilNode
from config.stack.contracts import deploy_contracts, local_parameters
from config.stack.layout import ROOT, Layout
from tests.tools import missing

# The first accounts of Anvil's own mnemonic ("test test ... junk"), rich on every fresh node.
DEPLOYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
PROVIDER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
RESEARCHER_KEY = "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"
STRANGER_KEY = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"
TABLE = b"radius,texture,diagnosis\n17.99,10.38,malignant\n13.54,14.36,benign\n9.5,12.44,benign\n"


@dataclass
class ApiWallet:
    """A person with a wallet at the public API."""

    wallet: LocalWallet
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    @property
    def address(self) -> str:
        return self.wallet.address

    def sign_in(self) -> "ApiWallet":
        message = self.get("auth/nonce", address=self.address).json()["message"]
        signature = self.wallet.personal_sign(message)
        assert self.post("auth/sign-in", {"message": message, "signature": signature}).status_code == 200
        return self

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, document: Any = None) -> HttpResponse:
        return self.client.post(
            f"/api/v1/{path}", document or {}, content_type="application/json", headers=self._csrf()
        )

    def upload(self, content: bytes = TABLE, name: str = "breast.csv") -> HttpResponse:
        file = SimpleUploadedFile(name, content, content_type="text/csv")
        return self.client.post("/api/v1/uploads", {"file": file}, headers=self._csrf())

    def _csrf(self) -> dict[str, str]:
        cookie = self.client.cookies.get("csrftoken")
        return {"X-CSRFToken": cookie.value} if cookie else {}


@dataclass(frozen=True)
class Market:
    """The deployed contracts, and what brings their events into the database."""

    node: AnvilNode
    deployment: Deployment
    client: ChainClient

    @property
    def dollar(self) -> str:
        return self.deployment.address_of("TestDollar")

    def send(self, sender: ApiWallet, prepared: dict[str, Any]) -> str:
        """Sends a prepared transaction as the wallet would, waits for it, and follows the chain."""
        data = bytes.fromhex(prepared["data"][2:])
        return self.call(sender, Call(prepared["to"], data, int(prepared["value"])))

    def call(self, sender: ApiWallet, call: Call) -> str:
        receipt = self.client.wait_for_receipt(sender.wallet.send(self.client, call))
        self.follow()
        return receipt.tx_hash

    def follow(self) -> None:
        """Takes in every block up to the head."""
        options = FollowOptions(confirmations=1, poll_seconds=0.01)
        ledger = Ledger(
            load(["marketplace.projections"]), history_blocks=options.history_blocks, failpoint=no_failpoint
        )
        follower = Follower(client=self.client, deployment=self.deployment, ledger=ledger, options=options)
        while follower.step() is not Progress.IDLE:
            continue


@pytest.fixture(scope="session")
def market_deployment(anvil: AnvilNode, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All contracts, deployed once on the session's node."""
    if not (ROOT / "build" / "bytecode" / "DataMarket.json").exists():
        missing("the contracts are not compiled (make setup compiles them)")
    folder = tmp_path_factory.mktemp("market")
    layout = Layout(root=ROOT, var_dir=folder)
    layout.log_dir.mkdir(parents=True, exist_ok=True)
    out = folder / "31337.json"
    deploy_contracts(
        layout,
        rpc_url=anvil.rpc_url,
        parameters=local_parameters(layout),
        out=out,
        deployer_key=DEPLOYER_KEY,
    )
    return out


@pytest.fixture
def content_folder(tmp_path: Path, settings) -> Path:
    settings.STORE_DIR = tmp_path / "store"
    return tmp_path / "store"


@pytest.fixture
def market(
    anvil: AnvilNode, market_deployment: Path, content_folder: Path, transactional_db, settings
) -> Iterator[Market]:
    """The market; whatever a test does to the chain is undone after it."""
    settings.CHAIN_RPC_URL = anvil.rpc_url
    settings.DEPLOYMENT_FILE = market_deployment
    snapshot = anvil.rpc("evm_snapshot")
    yield Market(anvil, read_deployment(market_deployment), ChainClient(anvil.rpc_url, 31337))
    anvil.rpc("evm_revert", snapshot)


@pytest.fixture
def provider(content_folder: Path) -> ApiWallet:
    return ApiWallet(LocalWallet(PROVIDER_KEY))


@pytest.fixture
def researcher(content_folder: Path) -> ApiWallet:
    return ApiWallet(LocalWallet(RESEARCHER_KEY))


@pytest.fixture
def stranger(content_folder: Path) -> ApiWallet:
    return ApiWallet(LocalWallet(STRANGER_KEY))


def publication_terms(owner: ApiWallet, dollar: str, **change: Any) -> dict[str, Any]:
    """Terms that the contract accepts."""
    return {
        "title": "Breast cancer",
        "description": "Cell nuclei.",
        "licence": "CC-BY-4.0",
        "label_column": "diagnosis",
        "allow_download": False,
        "allow_compute": True,
        "rows_in_model": "public",
        "algorithms": ["qsvm"],
        "standing_consent": True,
        "payees": [{"address": owner.address, "parts": 10_000}],
        "job_fee": {"token": dollar, "amount": "1000000"},
        "royalty_bps": 250,
        **change,
    }


def code_of(response: HttpResponse) -> str:
    return json.loads(response.content)["error"]["code"]
