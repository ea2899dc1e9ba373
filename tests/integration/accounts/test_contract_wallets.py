"""Sign-in of wallets that are contracts (ERC-1271), and of accounts that carry code (EIP-7702), on Anvil."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chain.accounts import LocalWallet
from chain.contract_signatures import MAX_SIGNATURE_BYTES, accepts_personal_sign, personal_digest
from chain.errors import InvalidSignature
from config.stack.anvil import AnvilNode
from tests.integration.accounts.test_sign_in import ask_message, code_of, post

pytestmark = pytest.mark.django_db
SIGN_IN = "/api/v1/auth/sign-in"
SAFE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
# isValidSignature(bytes32,bytes): recovers the signer (precompile 1), compares with the owner in slot 0, and
# multiplies the answer into the magic value.
ONE_OWNER = (
    "60043560005260a43560001a60205260406064604037"
    "602060006080600060015afa50600051600054"
    "14631626ba7e60e01b0260005260206000f3"
)
# The same question, answered from slot `digest`: a wallet that keeps approved digests on chain.
APPROVED_DIGESTS = "60043554631626ba7e60e01b0260005260206000f3"
REVERTING = "60006000fd"
ANSWERS_TRUE = "600160005260206000f3"


def word(number: int) -> str:
    return f"0x{number:064x}"


def put_contract(node: AnvilNode, code: str, slots: dict[int, int] | None = None) -> None:
    """A contract wallet at SAFE with this code and storage."""
    node.rpc("anvil_setCode", SAFE, "0x" + code)
    for slot, value in (slots or {}).items():
        node.rpc("anvil_setStorageAt", SAFE, word(slot), word(value))


def ask_as_safe(client: Client) -> str:
    """The message for the contract wallet, as the browser asks for it."""
    return str(client.get("/api/v1/auth/nonce", {"address": SAFE}).json()["message"])


def sign_in(client: Client, message: str, signature: str) -> Any:
    return post(client, SIGN_IN, {"message": message, "signature": signature})


def test_contract_wallet_signs_in_by_its_owners_key(
    browser: Callable[[], Client], node: AnvilNode, researcher: LocalWallet
) -> None:
    put_contract(node, ONE_OWNER, {0: int(researcher.address, 16)})
    client = browser()
    message = ask_as_safe(client)

    answer = sign_in(client, message, researcher.personal_sign(message))

    assert (answer.status_code, answer.json()["address"]) == (200, SAFE)


@pytest.mark.attack("S06")
def test_contract_wallet_refuses_its_former_owner_and_spends_nothing(
    browser: Callable[[], Client],
    node: AnvilNode,
    researcher: LocalWallet,
    stranger: LocalWallet,
) -> None:
    put_contract(node, ONE_OWNER, {0: int(researcher.address, 16)})
    client = browser()
    message = ask_as_safe(client)

    node.rpc("anvil_setStorageAt", SAFE, word(0), word(int(stranger.address, 16)))
    former = sign_in(client, message, researcher.personal_sign(message))
    present = sign_in(client, message, stranger.personal_sign(message))

    assert (former.status_code, code_of(former)) == (422, "wrong_signature")
    assert present.status_code == 200


def test_contract_wallet_that_approved_the_digest_on_chain_needs_no_signature(
    browser: Callable[[], Client], node: AnvilNode
) -> None:
    put_contract(node, APPROVED_DIGESTS)
    client = browser()
    message = ask_as_safe(client)

    before = sign_in(client, message, "0x")
    put_contract(node, APPROVED_DIGESTS, {int(personal_digest(message), 16): 1})
    after = sign_in(client, message, "0x")

    assert (before.status_code, after.status_code) == (422, 200)


@pytest.mark.attack("S06")
@pytest.mark.parametrize("code", ["", REVERTING, ANSWERS_TRUE], ids=["no code", "reverts", "true, not magic"])
def test_what_is_no_contract_wallet_is_not_believed(
    browser: Callable[[], Client], node: AnvilNode, stranger: LocalWallet, code: str
) -> None:
    put_contract(node, code)
    client = browser()
    message = ask_as_safe(client)

    answer = sign_in(client, message, stranger.personal_sign(message))

    assert (answer.status_code, code_of(answer)) == (422, "wrong_signature")


def test_account_with_delegated_code_signs_in_with_its_own_key(
    browser: Callable[[], Client], node: AnvilNode, researcher: LocalWallet
) -> None:
    put_contract(node, REVERTING)
    node.rpc("anvil_setCode", researcher.address, "0xef0100" + SAFE[2:])
    client = browser()
    message = ask_message(client, researcher)

    answer = sign_in(client, message, researcher.personal_sign(message))

    assert (answer.status_code, answer.json()["address"]) == (200, researcher.address)


def test_own_key_signs_in_while_the_node_is_away(
    browser: Callable[[], Client], settings: Any, researcher: LocalWallet, stranger: LocalWallet
) -> None:
    settings.CHAIN_RPC_URL = "http://127.0.0.1:1"
    client = browser()
    message = ask_message(client, researcher)

    other = sign_in(client, message, stranger.personal_sign(message))
    own = sign_in(client, message, researcher.personal_sign(message))

    assert (other.status_code, own.status_code) == (503, 200)


def test_signature_longer_than_the_bound_never_reaches_the_node() -> None:
    with pytest.raises(InvalidSignature, match="at most"):
        accepts_personal_sign(SAFE, "text", "0x" + "00" * (MAX_SIGNATURE_BYTES + 1))
