"""The console's doors (S37): every address of it, asked by everybody who is not staff."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver

from accounts.keys import create_key
from accounts.models import User
from config.operations.views import operations_page
from config.urls import urlpatterns
from tests.fakes import rows

pytestmark = [pytest.mark.django_db, pytest.mark.attack("S37")]
OPEN = {"login", "logout"}
"""The way in itself, and the way out."""


def doors(patterns: list[Any] | None = None, prefix: str = "/admin/") -> Iterator[tuple[str, str]]:
    """(name, address) of every page of the console, about row 1."""
    for pattern in admin.site.get_urls() if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from doors(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern) and "(?P" not in str(pattern.pattern):
            yield pattern.name or "", re.sub("<[^>]+>", "1", prefix + str(pattern.pattern))


def roles() -> dict[str, Client]:
    operator = User.objects.create_superuser(rows.address(71))
    _, key = create_key(owner=operator, name="nightly", scope="act")
    wallet = Client()
    wallet.force_login(User.objects.create_user(rows.address(72)), backend="accounts.backends.WalletBackend")
    return {
        "visitor": Client(),
        "wallet": wallet,
        "operator's key": Client(headers={"authorization": f"Bearer {key}"}),
    }


def test_no_address_of_the_console_opens_to_anybody_who_is_not_staff() -> None:
    addresses = [address for name, address in doors() if name not in OPEN] + ["/admin/operations/"]

    opened = {
        (role, address)
        for role, who in roles().items()
        for address in addresses
        for answer in (who.get(address), who.post(address, {"action": "resume", "reason": "I want to"}))
        if (answer.status_code, answer.get("Location", "").partition("?")[0]) != (302, "/admin/login/")
    }

    assert len(addresses) > 50
    assert opened == set()


def test_operations_lie_behind_the_same_door_and_open_to_staff() -> None:
    operator = Client()
    operator.force_login(
        User.objects.create_superuser(rows.address(73)), backend="accounts.backends.WalletBackend"
    )

    assert any(getattr(each, "callback", None) is operations_page for each in urlpatterns)
    assert operator.get("/admin/").status_code == 200
