"""Limits on the API: by wallet and by address, cheaper acts more often than costly ones."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.views import APIView

from accounts.models import User
from common.throttles import AddressThrottle, WalletThrottle

pytestmark = [pytest.mark.django_db, pytest.mark.attack("S35")]
ME = "/api/v1/auth/me"
JSON = "application/json"


@pytest.fixture(autouse=True)
def limits(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three reads, two acts and one costly act an hour."""
    rates = {"read": "3/hour", "act": "2/hour", "costly": "1/hour"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    monkeypatch.setattr(APIView, "throttle_classes", [AddressThrottle, WalletThrottle])
    cache.clear()
    yield
    cache.clear()


def statuses(browser: Client, times: int, **headers: str) -> list[int]:
    return [browser.get(ME, headers=headers).status_code for _ in range(times)]


def signed_in() -> Client:
    browser = Client()
    browser.force_login(User.objects.create_user("0x" + "a1" * 20), "accounts.backends.WalletBackend")
    return browser


def test_reads_over_the_limit_are_refused_with_the_seconds_to_wait() -> None:
    allowed = statuses(Client(), 3)

    refused = Client().get(ME)

    assert allowed == [200, 200, 200]
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert refused.json()["error"]["code"] == "throttled"


def test_a_claimed_forwarded_address_opens_no_new_allowance() -> None:
    found = [statuses(Client(), 1, x_forwarded_for=f"203.0.113.{n}")[0] for n in range(4)]

    assert found == [200, 200, 200, 429]


def test_a_trusted_proxys_word_tells_clients_apart(settings: Any) -> None:
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}

    found = [statuses(Client(), 1, x_forwarded_for=f"203.0.113.{n}")[0] for n in range(4)]

    assert found == [200, 200, 200, 200]


def test_a_wallet_is_counted_across_addresses_and_another_address_is_free() -> None:
    wallet = signed_in()

    found = [wallet.get(ME, REMOTE_ADDR=f"203.0.113.{n}").status_code for n in range(4)]
    visitor = Client().get(ME, REMOTE_ADDR="203.0.113.9").status_code

    assert found == [200, 200, 200, 429]
    assert visitor == 200


def test_a_costly_act_has_the_smallest_allowance_and_leaves_the_others() -> None:
    wallet = signed_in()

    costly = [wallet.post("/api/v1/specs", "[]", content_type=JSON).status_code for _ in range(2)]
    cheaper = [wallet.post("/api/v1/delegations", "[]", content_type=JSON).status_code for _ in range(3)]

    assert costly == [422, 429]
    assert cheaper == [422, 422, 429]
    assert statuses(wallet, 1) == [200]
