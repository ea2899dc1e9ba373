"""API keys: shown once, scoped, revocable, and able to sign nothing."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.keys import KEYS_A_WALLET, create_key, revoke_key
from accounts.models import ApiKey, User

pytestmark = pytest.mark.django_db
KEYS = "/api/v1/keys"
JSON = "application/json"


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("0x" + "a1" * 20)


@pytest.fixture
def other() -> User:
    return User.objects.create_user("0x" + "b2" * 20)


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="accounts.backends.WalletBackend")
    return browser


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def make_key(browser: Client, scope: str = "read", name: str = "nightly") -> dict[str, Any]:
    answer = browser.post(KEYS, json.dumps({"name": name, "scope": scope}), content_type=JSON)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_key_is_told_once_and_kept_as_a_digest_alone(owner: User) -> None:
    browser = signed_in(owner)

    made = make_key(browser)
    listed = browser.get(KEYS).json()["results"]

    assert made["key"].startswith(made["start"])
    assert made["key"] not in json.dumps(listed)
    assert made["key"] not in json.dumps(list(ApiKey.objects.values()), default=str)


def test_a_key_signs_its_wallet_in_for_reading_and_shows_its_last_use(owner: User) -> None:
    browser = signed_in(owner)
    made = make_key(browser)

    answer = Client().get("/api/v1/auth/me", headers=bearer(made["key"]))

    assert answer.json()["address"] == owner.address
    assert browser.get(KEYS).json()["results"][0]["last_used_at"] is not None


def test_a_reading_key_may_not_act_and_an_acting_key_may(owner: User) -> None:
    browser = signed_in(owner)
    reading, acting = make_key(browser, "read"), make_key(browser, "act")

    refused, taken = (
        Client(enforce_csrf_checks=True).post(
            "/api/v1/delegations", "{}", content_type=JSON, headers=bearer(made["key"])
        )
        for made in (reading, acting)
    )

    assert refused.status_code == 403
    assert refused.json()["error"]["message"] == "This API key may read only."
    assert (taken.status_code, taken.json()["error"]["field"]) == (422, "delegate")


@pytest.mark.attack("S36")
def test_no_key_makes_sees_or_revokes_keys(owner: User) -> None:
    made = make_key(signed_in(owner), "act")
    script = Client()

    answers = [
        script.get(KEYS, headers=bearer(made["key"])),
        script.post(KEYS, '{"name": "more"}', content_type=JSON, headers=bearer(made["key"])),
        script.delete(f"{KEYS}/{made['id']}", headers=bearer(made["key"])),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert ApiKey.objects.filter(revoked_at=None).count() == 1


@pytest.mark.attack("S36")
@pytest.mark.parametrize("act", ["datasets/1/versions/1/grants", "uploads/1/erasure"])
def test_no_key_opens_private_data_or_destroys_it_and_the_wallet_itself_may_ask(
    owner: User, act: str
) -> None:
    key = make_key(signed_in(owner), "act")["key"]

    by_key = Client().post(f"/api/v1/{act}", "{}", content_type=JSON, headers=bearer(key))
    by_wallet = signed_in(owner).post(f"/api/v1/{act}", "{}", content_type=JSON)

    assert by_key.status_code == 401
    assert by_wallet.status_code not in {401, 403}, by_wallet.content


@pytest.mark.attack("S36")
def test_a_wallet_revokes_its_own_key_and_not_anothers(owner: User, other: User) -> None:
    made = make_key(signed_in(owner))

    by_other = signed_in(other).delete(f"{KEYS}/{made['id']}")
    still_open = Client().get("/api/v1/auth/me", headers=bearer(made["key"]))
    by_owner = signed_in(owner).delete(f"{KEYS}/{made['id']}")
    closed = Client().get("/api/v1/auth/me", headers=bearer(made["key"]))

    assert (by_other.status_code, still_open.status_code) == (404, 200)
    assert (by_owner.status_code, closed.status_code) == (204, 401)


def test_a_wrong_key_is_refused_even_beside_a_good_session(owner: User) -> None:
    answer = signed_in(owner).get("/api/v1/auth/me", headers=bearer("qk_wrong"))

    assert answer.status_code == 401


def test_the_key_of_a_closed_account_opens_nothing(owner: User) -> None:
    _, key = create_key(owner=owner, name="nightly", scope="read")
    before = Client().get("/api/v1/auth/me", headers=bearer(key)).status_code

    User.objects.filter(pk=owner.pk).update(is_active=False)
    after = Client().get("/api/v1/auth/me", headers=bearer(key)).status_code

    assert (before, after) == (200, 401)


@pytest.mark.attack("S37")
def test_an_operators_key_does_not_open_the_admin_console() -> None:
    operator = User.objects.create_superuser("0x" + "c3" * 20)
    _, key = create_key(owner=operator, name="nightly", scope="act")

    by_key = Client().get("/admin/", headers=bearer(key))
    by_session = signed_in(operator).get("/admin/")

    assert (by_key.status_code, by_session.status_code) == (302, 200)


def test_a_wallet_has_a_bounded_number_of_keys_and_revoking_makes_room(owner: User) -> None:
    browser = signed_in(owner)
    rows = [create_key(owner=owner, name=str(n), scope="read")[0] for n in range(KEYS_A_WALLET)]

    full = browser.post(KEYS, '{"name": "one more"}', content_type=JSON)
    revoke_key(owner=owner, key_id=rows[0].pk, now=timezone.now())

    assert full.status_code == 409
    make_key(browser, name="one more")


def test_the_page_shows_a_new_key_once_and_revokes_it(owner: User) -> None:
    browser = signed_in(owner)

    made = browser.post("/account/keys", {"name": "nightly", "scope": "read"})
    key = made.context["made"]
    later = browser.get("/account/keys")
    assert '<option value="read">read</option>' in later.content.decode().split("<select")[1].split("\n")[1]
    revoked = browser.post(f"/account/keys/{ApiKey.objects.get().pk}/revoke", follow=True)

    assert key in made.content.decode()
    assert key not in later.content.decode()
    assert "nightly" in later.content.decode()
    assert "nightly" not in revoked.content.decode()
    assert Client().get("/api/v1/auth/me", headers=bearer(key)).status_code == 401


@pytest.mark.attack("S36")
def test_the_page_revokes_no_key_of_another_wallet(owner: User, other: User) -> None:
    row, key = create_key(owner=owner, name="nightly", scope="read")

    signed_in(other).post(f"/account/keys/{row.pk}/revoke")

    assert Client().get("/api/v1/auth/me", headers=bearer(key)).status_code == 200


def test_the_page_sends_a_visitor_to_sign_in() -> None:
    assert Client().get("/account/keys")["Location"] == "/account"
