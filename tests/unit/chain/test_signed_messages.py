"""Everything that a wallet is ever asked to sign, held to a snapshot; opaque hashes are never among it."""

import inspect
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.rules import SiteTerms, new_message
from chain import typed_data
from chain.accounts import LocalWallet, recover_typed_data

ROOT = Path(__file__).parents[3]
SNAPSHOT = json.loads((ROOT / "tests" / "vectors" / "signed_messages.json").read_text())
WALLET = LocalWallet("0x" + "11" * 32)
TOKEN = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
SAMPLES: dict[str, dict[str, Any]] = {
    "permit": {
        "token": TOKEN,
        "owner": WALLET.address,
        "spender": TOKEN,
        "value": 25_000_000,
        "nonce": 3,
        "deadline": 1_800_000_000,
        "name": "Test Dollar",
        "chain_id": 31337,
    },
    "ballot": {
        "governor": TOKEN,
        "proposal_id": 7,
        "support": 1,
        "voter": WALLET.address,
        "nonce": 0,
        "name": "CommonsGovernor",
        "chain_id": 31337,
        "reason": "Small and clear.",
    },
    "delegation": {
        "token": TOKEN,
        "delegatee": WALLET.address,
        "nonce": 0,
        "expiry": 1_800_000_000,
        "name": "Vote",
        "chain_id": 31337,
    },
}
# What the page may ask of a wallet. eth_sign signs opaque hashes; eth_signTypedData_v1 shows no domain.
WALLET_METHODS = {
    "eth_accounts",
    "eth_chainId",
    "eth_estimateGas",
    "eth_gasPrice",
    "eth_getBalance",
    "eth_getTransactionByHash",
    "eth_requestAccounts",
    "eth_sendTransaction",
    "eth_signTypedData_v4",
    "personal_sign",
    "wallet_addEthereumChain",
    "wallet_switchEthereumChain",
}


def makers() -> dict[str, Any]:
    """Every public function that makes a typed message."""
    return {
        name: made
        for name, made in inspect.getmembers(typed_data, inspect.isfunction)
        if not name.startswith("_") and made.__module__ == typed_data.__name__
    }


@pytest.mark.attack("S04")
def test_every_typed_message_is_in_the_snapshot() -> None:
    assert {name: make(**SAMPLES[name]) for name, make in makers().items()} == SNAPSHOT["typed"]


@pytest.mark.attack("S04")
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_typed_message_names_chain_and_contract_and_is_what_a_wallet_signs(name: str) -> None:
    message = makers()[name](**SAMPLES[name])

    assert message["domain"]["chainId"] in {31337, "31337"}
    assert message["domain"]["verifyingContract"] == TOKEN
    assert recover_typed_data(message, WALLET.sign_typed_data(message)) == WALLET.address


@pytest.mark.attack("S04")
def test_the_sign_in_message_is_the_text_of_the_snapshot() -> None:
    message = new_message(
        terms=SiteTerms(site_url="http://127.0.0.1:8000", chain_id=31337),
        address=WALLET.address,
        nonce="0" * 32,
        now=datetime(2026, 1, 1, tzinfo=UTC),
    )

    assert message.as_text() == SNAPSHOT["sign_in"]


@pytest.mark.attack("S04")
def test_pages_ask_wallets_for_nothing_else_and_never_for_eth_sign() -> None:
    sources = "\n".join(file.read_text() for file in sorted((ROOT / "static" / "wallet").glob("*.js")))

    asked = set(re.findall(r'"((?:eth|personal|wallet)_\w+)"', sources)) - {"wallet_away"}

    assert asked == WALLET_METHODS
