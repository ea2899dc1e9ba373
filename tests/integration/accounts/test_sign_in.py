"""Sign-in with Ethereum over the API, on a real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import SignInNonce, User
from accounts.rules import new_message
from accounts.services import NONCES_A_SESSION, issue_nonce, site_terms
from chain.accounts import LocalWallet

NONCE, SIGN_IN, SIGN_OUT, ME = (f"/api/v1/auth/{name}" for name in ("nonce", "sign-in", "sign-out", "me"))
Browser = Callable[[], Client]
pytestmark = pytest.mark.django_db


def ask_message(client: Client, wallet: LocalWallet) -> str:
    return client.get(NONCE, {"address": wallet.address}).json()["message"]


def post(client: Client, path: str, content: Any = None) -> HttpResponse:
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
    return client.post(path, content or {}, content_type="application/json", headers={"X-CSRFToken": token})


def sign_in(client: Client, wallet: LocalWallet) -> HttpResponse:
    message = ask_message(client, wallet)
    return post(client, SIGN_IN, {"message": message, "signature": wallet.personal_sign(message)})


def code_of(response: HttpResponse) -> str:
    return response.json()["error"]["code"]


def test_nonce_gives_the_message_to_sign_and_the_csrf_cookie(
    browser: Browser, researcher: LocalWallet
) -> None:
    client = browser()

    answer = client.get(NONCE, {"address": researcher.address.lower()})

    content = answer.json()
    assert content["message"].startswith("127.0.0.1:8000 wants you to sign in with your Ethereum account:\n")
    assert researcher.address in content["message"]
    assert (len(content["nonce"]), content["chain_id"]) == (32, "31337")
    assert "csrftoken" in client.cookies
    assert "no-store" in answer["Cache-Control"]


def test_nonce_without_address_has_no_message(browser: Browser) -> None:
    assert browser().get(NONCE).json()["message"] is None


@pytest.mark.parametrize("address", ["me", "0x12", "0x" + "g" * 40, "0x" + "1" * 5000])
def test_nonce_wrong_address_is_refused(browser: Browser, address: str) -> None:
    answer = browser().get(NONCE, {"address": address})

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "address")


def test_sign_in_makes_the_wallets_user_and_sign_out_forgets_the_session(
    browser: Browser, researcher: LocalWallet
) -> None:
    client = browser()

    answer = sign_in(client, researcher)

    assert (answer.status_code, answer.json()) == (200, {"address": researcher.address, "is_staff": False})
    assert client.get(ME).json()["address"] == researcher.address
    user = User.objects.get(address=researcher.address)
    assert not user.has_usable_password()
    assert post(client, SIGN_OUT).status_code == 204
    assert client.get(ME).json()["address"] is None


def test_sign_in_twice_is_one_user(browser: Browser, researcher: LocalWallet) -> None:
    sign_in(browser(), researcher)
    sign_in(browser(), researcher)

    assert User.objects.count() == 1


@pytest.mark.attack("S03")
def test_sign_in_rotates_the_session_key(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()
    client.get(NONCE)
    before = client.cookies["sessionid"].value

    sign_in(client, researcher)

    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.attack("S03")
def test_sign_in_without_csrf_token_is_refused(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()
    message = ask_message(client, researcher)
    body = {"message": message, "signature": researcher.personal_sign(message)}

    answer = client.post(SIGN_IN, body, content_type="application/json")

    assert answer.status_code == 403
    assert client.get(ME).json()["address"] is None


@pytest.mark.attack("S03")
def test_sign_in_from_another_origin_is_refused(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()
    message = ask_message(client, researcher)
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value, "Origin": "http://evil.example"}

    answer = client.post(
        SIGN_IN,
        {"message": message, "signature": researcher.personal_sign(message)},
        content_type="application/json",
        headers=headers,
    )

    assert answer.status_code == 403


@pytest.mark.attack("S01")
def test_sign_in_same_signature_twice_is_refused(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()
    message = ask_message(client, researcher)
    body = {"message": message, "signature": researcher.personal_sign(message)}
    assert post(client, SIGN_IN, body).status_code == 200

    again = post(client, SIGN_IN, body)

    assert (again.status_code, code_of(again)) == (409, "nonce_spent")


@pytest.mark.attack("S01")
def test_sign_in_message_of_another_session_is_refused(browser: Browser, researcher: LocalWallet) -> None:
    message = ask_message(browser(), researcher)
    thief = browser()
    thief.get(NONCE)

    answer = post(thief, SIGN_IN, {"message": message, "signature": researcher.personal_sign(message)})

    assert (answer.status_code, code_of(answer)) == (409, "nonce_spent")
    assert SignInNonce.objects.count() == 2


@pytest.mark.attack("S01")
def test_sign_in_without_a_session_is_refused(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()
    message = ask_message(client, researcher)
    del client.cookies["sessionid"]

    answer = post(client, SIGN_IN, {"message": message, "signature": researcher.personal_sign(message)})

    assert code_of(answer) == "nonce_spent"


@pytest.mark.attack("S01")
def test_sign_in_after_five_minutes_is_refused(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()
    message = ask_message(client, researcher)
    SignInNonce.objects.update(expires_at=timezone.now())

    answer = post(client, SIGN_IN, {"message": message, "signature": researcher.personal_sign(message)})

    assert code_of(answer) == "nonce_spent"


@pytest.mark.attack("S01")
@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_sign_ins_with_one_signature_succeed_once(
    browser: Browser, researcher: LocalWallet
) -> None:
    first = browser()
    message = ask_message(first, researcher)
    body = {"message": message, "signature": researcher.personal_sign(message)}

    def attempt(_: int) -> int:
        client = browser()
        client.cookies.load({name: morsel.value for name, morsel in first.cookies.items()})
        try:
            return post(client, SIGN_IN, body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=25) as pool:
        statuses = list(pool.map(attempt, range(50)))

    assert sorted(statuses) == [200] + [409] * 49


@pytest.mark.attack("S06")
def test_sign_in_signature_of_another_wallet_is_refused_and_spends_nothing(
    browser: Browser, researcher: LocalWallet, stranger: LocalWallet
) -> None:
    client = browser()
    message = ask_message(client, researcher)

    wrong = post(client, SIGN_IN, {"message": message, "signature": stranger.personal_sign(message)})
    right = post(client, SIGN_IN, {"message": message, "signature": researcher.personal_sign(message)})

    assert (wrong.status_code, code_of(wrong), right.status_code) == (422, "wrong_signature", 200)


@pytest.mark.attack("S06")
def test_sign_in_malleable_or_malformed_signature_is_refused(
    browser: Browser, researcher: LocalWallet
) -> None:
    client = browser()
    message = ask_message(client, researcher)
    good = researcher.personal_sign(message)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high_s = order - int(good[66:130], 16)
    flipped = f"{good[:66]}{high_s:064x}{'1b' if good[-2:] == '1c' else '1c'}"
    zero = "0x" + "00" * 64 + "1b"

    for signature in (
        flipped,
        good[:-2],
        good + "00",
        good[2:],
        "0x",
        "0x" + "zz" * 65,
        zero,
        good[:-2] + "00",
    ):
        assert (
            code_of(post(client, SIGN_IN, {"message": message, "signature": signature})) == "wrong_signature"
        )


@pytest.mark.attack("S02")
@pytest.mark.parametrize(
    ("here", "there", "code"),
    [
        ("127.0.0.1:8000 wants", "evil.example wants", "wrong_domain"),
        ("URI: http://127.0.0.1:8000", "URI: http://evil.example", "wrong_uri"),
        ("Chain ID: 31337", "Chain ID: 1", "wrong_chain"),
        ("Version: 1", "Version: 2", "invalid_message"),
    ],
)
def test_sign_in_message_for_another_place_is_refused(
    browser: Browser, researcher: LocalWallet, here: str, there: str, code: str
) -> None:
    client = browser()
    message = ask_message(client, researcher).replace(here, there)

    answer = post(client, SIGN_IN, {"message": message, "signature": researcher.personal_sign(message)})

    assert (answer.status_code, code_of(answer)) == (422, code)


@pytest.mark.attack("S02")
def test_sign_in_host_header_changes_nothing(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()

    message = client.get(NONCE, {"address": researcher.address}, headers={"Host": "localhost"}).json()[
        "message"
    ]

    assert message.startswith("127.0.0.1:8000 wants")


def test_sign_in_old_message_is_refused(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()
    client.get(NONCE)
    long_ago = timezone.now() - timedelta(minutes=7)
    nonce = issue_nonce(session_key=client.cookies["sessionid"].value, now=timezone.now())
    message = new_message(terms=site_terms(), address=researcher.address, nonce=nonce, now=long_ago).as_text()

    answer = post(client, SIGN_IN, {"message": message, "signature": researcher.personal_sign(message)})

    assert code_of(answer) == "wrong_time"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": "x"},
        {"message": 7, "signature": "0x"},
        {"message": None, "signature": None},
        {"message": "x", "signature": "0x", "extra": 1},
        {"message": ["x"], "signature": {"a": 1}},
        {"message": "\x00", "signature": "0x"},
        {"message": "x" * 500_000, "signature": "0x"},
        [1],
        '"text"',
    ],
)
def test_sign_in_malformed_body_is_refused_in_words(browser: Browser, body: Any) -> None:
    client = browser()
    client.get(NONCE)

    answer = post(client, SIGN_IN, body)

    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body", [b'{"message": ', b'{"message": "\\ud800", "signature": "0x"}', b'{"a": 1e999}']
)
def test_sign_in_body_that_is_no_json_is_refused(browser: Browser, body: bytes) -> None:
    client = browser()
    client.get(NONCE)
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}

    answer = client.post(SIGN_IN, body, content_type="application/json", headers=headers)

    assert answer.status_code == 400


@pytest.mark.attack("S19")
def test_sign_in_body_nested_a_hundred_thousand_deep_is_refused(browser: Browser) -> None:
    client = browser()
    client.get(NONCE)
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}

    answer = client.post(SIGN_IN, b"[" * 100_000, content_type="application/json", headers=headers)

    assert answer.status_code == 400


def test_sign_in_closed_account_is_refused(browser: Browser, researcher: LocalWallet) -> None:
    User.objects.create_user(researcher.address, is_active=False)

    answer = sign_in(browser(), researcher)

    assert (answer.status_code, code_of(answer)) == (403, "account_closed")


def test_closing_an_account_ends_its_session(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()
    sign_in(client, researcher)

    User.objects.update(is_active=False)

    assert client.get(ME).json()["address"] is None


def test_issue_nonce_keeps_ten_a_session_and_sweeps_old_ones() -> None:
    now = timezone.now()
    issue_nonce(session_key="old", now=now - timedelta(minutes=6))

    nonces = [issue_nonce(session_key="one", now=now) for _ in range(NONCES_A_SESSION + 3)]

    assert set(SignInNonce.objects.values_list("nonce", flat=True)) == set(nonces[3:])
    assert all(len(nonce) * 4 >= 96 for nonce in nonces)


def test_staff_password_opens_the_admin_console_in_any_case_of_the_address(
    browser: Browser, researcher: LocalWallet
) -> None:
    User.objects.create_superuser(researcher.address, "a long password")
    client = Client()

    form = {"username": researcher.address.lower(), "password": "a long password"}
    assert client.post("/admin/login/", form).status_code == 302
    assert client.get("/admin/accounts/user/").status_code == 200
    assert client.get("/admin/accounts/signinnonce/").status_code == 200
    assert client.get("/admin/accounts/user/add/").status_code == 200


def test_wallet_user_has_no_way_into_the_admin_console(browser: Browser, researcher: LocalWallet) -> None:
    client = browser()
    sign_in(client, researcher)

    assert client.get("/admin/accounts/user/").status_code == 302
    assert authenticate(RequestFactory().post("/"), username=researcher.address, password="") is None


def test_settings_name_our_user_model() -> None:
    assert settings.AUTH_USER_MODEL == "accounts.User"


@pytest.mark.attack("S36")
@pytest.mark.parametrize(
    "key", ['"\\000\\000\\000\\000\\000\\000\\000\\000\\000"', "'" * 40, "x" * 4000, "٣" * 32]
)
def test_session_cookie_that_the_site_never_gave_is_nobodys(browser: Browser, key: str) -> None:
    client = browser()
    client.cookies.load(f"{settings.SESSION_COOKIE_NAME}={key}")

    assert client.get(ME).json()["address"] is None
    assert client.get(NONCE).status_code == 200
