"""The API as a wallet uses it: sign in, post, sign what comes back, send it."""

from typing import Any

from django.test import Client

from accounts.models import User
from chain.abi import Call
from chain.accounts import LocalWallet


def signed_in(wallet: LocalWallet) -> Client:
    """A client with this wallet's session."""
    user, _ = User.objects.get_or_create(address=wallet.address)
    client = Client()
    client.force_login(user, backend="accounts.backends.WalletBackend")
    return client


def post(client: Client, path: str, document: dict[str, Any], status: int = 200) -> dict[str, Any]:
    response = client.post(f"/api/v1/{path}", document, content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def get(client: Client, path: str, status: int = 200) -> dict[str, Any]:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status, response.content
    return response.json()


def sign_and_send(stage, wallet: LocalWallet, transaction: dict[str, Any]) -> None:
    """What the page's wallet module does with a prepared transaction."""
    call = Call(
        to=transaction["to"], data=bytes.fromhex(transaction["data"][2:]), value=int(transaction["value"])
    )
    stage.transact(wallet, call)
    stage.follow()
