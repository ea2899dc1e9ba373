"""A user of the HTTP API: a session with a wallet's sign-in, as a browser has it."""

from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from chain.accounts import LocalWallet
from config.demo.narrator import DemoFailed

TIMEOUT_SECONDS = 60
# A refused connection has sent nothing: again after 0, 1, 2, 4, 8 seconds. One that breaks later is tried
# once more: a door only prepares what the wallet then signs, so asking twice moves nothing twice.
CONNECT_AGAIN = Retry(
    total=None, connect=5, read=1, redirect=0, status=0, other=0, backoff_factor=0.5, allowed_methods=None
)


class ApiUser:
    """One person at the public API; any answer but a success ends the demo with the API's own words."""

    def __init__(self, site_url: str, role: str, wallet: LocalWallet) -> None:
        self.site_url = site_url
        self.role = role
        self.wallet = wallet
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.mount(site_url, HTTPAdapter(max_retries=CONNECT_AGAIN))

    @property
    def address(self) -> str:
        return self.wallet.address

    def sign_in(self) -> None:
        """Signs the EIP-4361 message that the site composes for this wallet."""
        challenge = self.get("auth/nonce", address=self.address)
        signature = self.wallet.personal_sign(challenge["message"])
        self.post("auth/sign-in", {"message": challenge["message"], "signature": signature})

    def get(self, path: str, **query: Any) -> Any:
        """GET under /api/v1/."""
        return self._answer("GET", path, params=query)

    def post(self, path: str, document: dict[str, Any] | None = None) -> Any:
        """POST of JSON under /api/v1/."""
        return self._answer("POST", path, json=document or {})

    def upload(self, path: str, file: Path, **fields: str) -> Any:
        """POST of a file under /api/v1/."""
        with file.open("rb") as handle:
            return self._answer("POST", path, files={"file": (file.name, handle, "text/csv")}, data=fields)

    def _answer(self, method: str, path: str, **kwargs: Any) -> Any:
        headers = {"Referer": self.site_url + "/", "Origin": self.site_url}
        token = self._session.cookies.get("csrftoken")
        if token:
            headers["X-CSRFToken"] = token
        url = f"{self.site_url}/api/v1/{path}"
        try:
            response = self._session.request(method, url, headers=headers, timeout=TIMEOUT_SECONDS, **kwargs)
        except requests.RequestException as error:
            raise DemoFailed(f"{self.role}: {method} {path}: the site does not answer ({error})") from error
        if not response.ok:
            raise DemoFailed(
                f"{self.role}: {method} {path} answered {response.status_code}: {_words(response)}"
            )
        return response.json() if response.content else None


def _words(response: requests.Response) -> str:
    """The API's own message, else the beginning of the body."""
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return response.text[:300]
