"""EIP-712 signatures of the test accounts: permits (ERC-2612), votes and delegations."""

from typing import Any

from ape.api import TestAccountAPI
from ape.contracts import ContractInstance
from commons import Commons
from eth_account import Account
from eth_account.messages import encode_typed_data

PERMIT = [
    {"name": "owner", "type": "address"},
    {"name": "spender", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "nonce", "type": "uint256"},
    {"name": "deadline", "type": "uint256"},
]
BALLOT = [
    {"name": "proposalId", "type": "uint256"},
    {"name": "support", "type": "uint8"},
    {"name": "voter", "type": "address"},
    {"name": "nonce", "type": "uint256"},
]


def permit_signature(
    commons: Commons, owner: TestAccountAPI, spender: str, amount: int, *, deadline: int, **domain: Any
) -> tuple[int, bytes, bytes]:
    """v, r and s of `owner`'s permit of TestDollar; `domain` replaces parts of TestDollar's own."""
    message = {
        "owner": owner.address,
        "spender": spender,
        "value": amount,
        "nonce": commons.test_dollar.nonces(owner),
        "deadline": deadline,
    }
    signed = _sign(
        owner, domain_of(commons, commons.test_dollar, "Test Dollar") | domain, {"Permit": PERMIT}, message
    )
    return signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")


def vote_signature(
    commons: Commons, voter: TestAccountAPI, proposal_id: int, support: int, **domain: Any
) -> bytes:
    """A vote that anyone may bring; its nonce belongs to the proposal, so votes do not void each other."""
    governor = commons.commons_governor
    message = {
        "proposalId": proposal_id,
        "support": support,
        "voter": voter.address,
        "nonce": governor.nonces(voter, proposal_id % 2**192),
    }
    own = domain_of(commons, governor, "CommonsGovernor")
    return bytes(_sign(voter, own | domain, {"Ballot": BALLOT}, message).signature)


def domain_of(commons: Commons, contract: ContractInstance, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "version": "1",
        "chainId": commons.record["chain_id"],
        "verifyingContract": contract.address,
    }


def _sign(
    signer: TestAccountAPI, domain: dict[str, Any], types: dict[str, Any], message: dict[str, Any]
) -> Any:
    signable = encode_typed_data(domain_data=domain, message_types=types, message_data=message)
    return Account.sign_message(signable, signer.private_key)
