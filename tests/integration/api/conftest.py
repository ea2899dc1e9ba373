"""The API over made-up rows: a deployment's addresses, an empty content store, no node."""

from pathlib import Path

import pytest

from marketplace import tokens
from marketplace.tokens import Token
from tests.fakes import rows


@pytest.fixture(autouse=True)
def site_without_a_node(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens where the node should be."""
    settings.DEPLOYMENT_FILE = tmp_path / "31337.json"
    settings.STORE_DIR = tmp_path / "store"
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"
    rows.write_deployment(settings.DEPLOYMENT_FILE)
    monkeypatch.setattr(tokens, "_ask", lambda address: Token(address, "TUSD", 6))
    monkeypatch.setattr(tokens, "_kept", {})
