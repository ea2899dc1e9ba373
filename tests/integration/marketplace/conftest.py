"""The deployed contracts, wallets at the API, a listed dataset."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.accounts import LocalWallet
from chain.client import ChainClient
from chain.deployments import read_deployment
from config.stack.anvil import AnvilNode
from config.stack.contracts import deploy_contracts, local_parameters
from config.stack.layout import ROOT, Layout
from tests.integration.marketplace.acts import (
    DEPLOYER_KEY,
    PROVIDER_KEY,
    RESEARCHER_KEY,
    STRANGER_KEY,
    ApiWallet,
    Market,
    publish,
    put_up,
)
from tests.tools import missing


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
    settings.UPLOAD_DIR = tmp_path / "uploads"
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


@pytest.fixture
def listed(market: Market, provider: ApiWallet, researcher: ApiWallet) -> tuple[str, str]:
    """(token id, listing id) of compute access for 25 TUSD; the researcher has test dollars."""
    provider.sign_in()
    researcher.sign_in()
    token_id = publish(market, provider)
    return token_id, put_up(market, provider, token_id)
