"""Wallets and HTTP clients of the sign-in tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chain.accounts import LocalWallet
from config.stack.anvil import AnvilNode


@pytest.fixture
def researcher() -> LocalWallet:
    return LocalWallet("0x" + "11" * 32)


@pytest.fixture
def stranger() -> LocalWallet:
    return LocalWallet("0x" + "22" * 32)


@pytest.fixture
def browser() -> Callable[[], Client]:
    """Makes clients that enforce CSRF as a browser meets it."""
    return lambda: Client(enforce_csrf_checks=True)


@pytest.fixture(autouse=True)
def node(anvil: AnvilNode, settings: Any) -> AnvilNode:
    """The chain that is asked where a signature is not by the address's own key."""
    settings.CHAIN_RPC_URL = anvil.rpc_url
    return anvil
