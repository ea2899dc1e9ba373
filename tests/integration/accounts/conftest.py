"""Wallets and HTTP clients of the sign-in tests."""

from collections.abc import Callable

import pytest
from django.test import Client

from chain.accounts import LocalWallet


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
