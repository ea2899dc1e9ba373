"""Another site in the reader's browser (S03): it signs nobody in, and a session it knows is worth nothing."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from chain.accounts import LocalWallet
from tests.e2e.made_up_site import chromium, site

__all__ = ["chromium", "site"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("S03")]
ATTACKER, READER = LocalWallet("0x" + "a7" * 32), LocalWallet("0x" + "b8" * 32)
ASK = """async ([path, body]) => {
  const token = document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
  const options = body && {method: "POST", body: JSON.stringify(body),
    headers: {"Content-Type": "application/json", "X-CSRFToken": token}};
  const answer = await fetch("/api/v1/" + path, options || {});
  return [answer.status, await answer.json()];
}"""


class ForeignPages(BaseHTTPRequestHandler):
    """Any path gives the page that the test has put there."""

    page = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def foreign_site() -> Iterator[str]:
    """Another site: 127.0.0.1 is not localhost to a browser."""
    with ThreadingHTTPServer(("127.0.0.1", 0), ForeignPages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def victim(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    yield context
    context.close()


def signed_offer(wallet: LocalWallet, message: str) -> dict[str, str]:
    return {"message": message, "signature": wallet.personal_sign(message)}


def ask(page: Page, path: str, body: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    """What the site's own page gets from its API."""
    status, answer = page.evaluate(ASK, [path, body])
    return status, answer


def sign_in(page: Page, wallet: LocalWallet) -> int:
    _, offer = ask(page, f"auth/nonce?address={wallet.address}")
    return ask(page, "auth/sign-in", signed_offer(wallet, offer["message"]))[0]


def session_of(context: BrowserContext) -> str:
    return next(each["value"] for each in context.cookies() if each["name"] == "sessionid")


def test_form_of_another_site_signs_the_reader_in_as_nobody_and_the_sites_own_page_does(
    victim: BrowserContext, site: str, foreign_site: str
) -> None:
    home = victim.new_page()
    home.goto(site + "/docs/")
    _, offer = ask(home, f"auth/nonce?address={ATTACKER.address}")
    words = json.dumps(signed_offer(ATTACKER, offer["message"]))[:-1]
    ForeignPages.page = f"""<form method=post enctype=text/plain action={site}/api/v1/auth/sign-in>
      <input name='{words}, "x":"' value='"}}'></form><script>document.forms[0].submit()</script>"""
    evil = victim.new_page()
    with evil.expect_response(lambda each: each.url.endswith("/auth/sign-in")) as answered:
        evil.goto(foreign_site)

    assert answered.value.status in {403, 415}
    assert ask(home, "auth/me")[1]["address"] is None
    assert sign_in(home, READER) == 200
    assert ask(home, "auth/me")[1]["address"] == READER.address


def test_script_of_another_site_gets_no_answer_and_changes_nothing(
    victim: BrowserContext, site: str, foreign_site: str
) -> None:
    home = victim.new_page()
    home.goto(site + "/docs/")
    assert sign_in(home, READER) == 200
    ForeignPages.page = "<p>another site"
    evil = victim.new_page()
    evil.goto(foreign_site)

    outcome = evil.evaluate(
        "url => fetch(url, {credentials: 'include'}).then(a => a.text()).catch(error => error.name)",
        site + "/api/v1/auth/me",
    )
    evil.evaluate(
        "url => fetch(url, {method: 'POST', credentials: 'include', mode: 'no-cors'}).catch(() => null)",
        site + "/api/v1/auth/sign-out",
    )

    assert outcome == "TypeError"
    assert ask(home, "auth/me")[1]["address"] == READER.address


def test_session_that_was_known_before_signing_in_is_worth_nothing_after(
    victim: BrowserContext, site: str
) -> None:
    page = victim.new_page()
    page.goto(site + "/docs/")
    ask(page, f"auth/nonce?address={READER.address}")
    planted = session_of(victim)
    assert sign_in(page, READER) == 200

    thief = Client()
    thief.cookies["sessionid"] = planted
    as_thief = thief.get("/api/v1/auth/me").json()["address"]
    own = Client()
    own.cookies["sessionid"] = session_of(victim)

    assert session_of(victim) != planted
    assert as_thief is None
    assert own.get("/api/v1/auth/me").json()["address"] == READER.address
    assert User.objects.filter(address=READER.address).count() == 1
