"""Pages need a deployment's addresses and a token's words; neither a node nor contracts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from marketplace import tokens
from marketplace.tokens import Token
from tests.fakes import rows


@pytest.fixture(autouse=True)
def site_without_a_node(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment file of made-up addresses, an empty content store, a token that is known by heart."""
    settings.DEPLOYMENT_FILE = tmp_path / "31337.json"
    settings.STORE_DIR = tmp_path / "store"
    rows.write_deployment(settings.DEPLOYMENT_FILE)
    monkeypatch.setattr(tokens, "_ask", lambda address: Token(address, "TUSD", 6))
    monkeypatch.setattr(tokens, "_kept", {})


@pytest.fixture
def reader() -> Client:
    """Somebody without a wallet who reads."""
    return Client(raise_request_exception=True)


@pytest.fixture
def sign_in() -> Callable[[str], Client]:
    """A reader whose wallet has this address."""

    def signed_in(address: str) -> Client:
        user, _ = User.objects.get_or_create(address=address)
        client = Client(raise_request_exception=True)
        client.force_login(user, backend="accounts.backends.WalletBackend")
        return client

    return signed_in


@pytest.fixture
def owner(sign_in: Callable[[str], Client]) -> Client:
    """The provider of the datasets, signed in."""
    return sign_in(rows.PROVIDER)
