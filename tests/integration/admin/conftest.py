"""An operator who may do everything, one who may only look, and what they look at."""

from pathlib import Path

import pytest
from axes.utils import reset
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from config.stack.findings import Finding, Level

OPERATOR, WATCHER, WALLET = "0x" + "A1" * 20, "0x" + "C3" * 20, "0x" + "B2" * 20
NOWHERE = "http://127.0.0.1:9"
PASSWORD = "correct horse battery staple"


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def operator(db) -> User:
    reset()
    return User.objects.create_superuser(OPERATOR, PASSWORD)


@pytest.fixture
def console(operator: User) -> Client:
    return browser_of(operator)


@pytest.fixture
def watcher(db) -> Client:
    """Staff with every right to look and none to act."""
    user = User.objects.create_user(WATCHER, PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return browser_of(user)


@pytest.fixture
def calm(settings, tmp_path: Path) -> None:
    """A store of this test alone, and a node that is not there."""
    settings.STORE_DIR = tmp_path / "store"
    settings.CHAIN_RPC_URL = NOWHERE


def level_of(findings: list[Finding], part: str) -> Level:
    return next(each.level for each in findings if each.part == part)
