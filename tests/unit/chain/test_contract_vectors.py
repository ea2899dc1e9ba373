"""The app's own rules on the vectors that the contract tests hold the contracts to."""

import json
from pathlib import Path
from typing import Any

import pytest

from chain import typed_data
from marketplace.rules.amounts import split_by_parts
from storage.cid import Cid, raw_cid

VECTORS = Path(__file__).parents[2] / "vectors" / "contracts"
ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
DOMAIN: dict[str, Any] = {"name": "Any", "chain_id": 31337}


def _read(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text())


def _written_type(message: dict[str, Any]) -> str:
    """The message's type as EIP-712 hashes it."""
    name = message["primaryType"]
    fields = ",".join(f"{field['type']} {field['name']}" for field in message["types"][name])
    return f"{name}({fields})"


@pytest.mark.parametrize("sale", _read("money")["sales"], ids=lambda sale: str(sale["price"]))
def test_sale_is_split_as_in_the_contract(sale: dict[str, Any]) -> None:
    to_payees = sale["price"] - sale["treasury_fee"]

    assert split_by_parts(to_payees, sale["parts"]) == sale["shares"]
    assert sum(sale["shares"]) == to_payees


@pytest.mark.parametrize("digest", _read("digests"), ids=lambda digest: digest["digest"][:10])
def test_document_has_the_digest_and_the_address_of_the_token(digest: dict[str, Any]) -> None:
    cid = raw_cid(bytes.fromhex(digest["bytes_hex"]))

    assert cid.digest_hex == digest["digest"]
    assert Cid.parse(digest["token_uri"].removeprefix("ipfs://")) == cid


def test_messages_that_wallets_sign_have_the_types_of_the_contracts() -> None:
    ballot = {"governor": ADDRESS, "proposal_id": 1, "support": 1, "voter": ADDRESS, "nonce": 0, **DOMAIN}
    messages = [
        typed_data.permit(
            token=ADDRESS, owner=ADDRESS, spender=ADDRESS, value=1, nonce=0, deadline=1, **DOMAIN
        ),
        typed_data.ballot(**ballot),
        typed_data.ballot(**ballot, reason="Clear."),
        typed_data.delegation(token=ADDRESS, delegatee=ADDRESS, nonce=0, expiry=1, **DOMAIN),
    ]

    assert {message["primaryType"]: _written_type(message) for message in messages} == _read("typed_data")
