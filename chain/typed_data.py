"""EIP-712 messages that a wallet signs, with domain and types; numbers as decimal strings for JavaScript."""

from typing import Any

_DOMAIN_TYPE = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]


def permit(
    *, token: str, owner: str, spender: str, value: int, nonce: int, deadline: int, name: str, chain_id: int
) -> dict[str, Any]:
    """ERC-2612: `spender` may take up to `value` base units of `token` from `owner` until `deadline`."""
    return _message(
        name=name,
        chain_id=chain_id,
        contract=token,
        primary_type="Permit",
        fields=(
            ("owner", "address", owner),
            ("spender", "address", spender),
            ("value", "uint256", value),
            ("nonce", "uint256", nonce),
            ("deadline", "uint256", deadline),
        ),
    )


def ballot(
    *,
    governor: str,
    proposal_id: int,
    support: int,
    voter: str,
    nonce: int,
    name: str,
    chain_id: int,
    reason: str = "",
) -> dict[str, Any]:
    """The Governor's Ballot: a vote that anyone may bring on chain with castVoteBySig.

    With a reason it is the ExtendedBallot, for castVoteWithReasonAndParamsBySig, without parameters.
    """
    more: tuple[tuple[str, str, str | int], ...] = ()
    if reason:
        more = (("reason", "string", reason), ("params", "bytes", "0x"))
    return _message(
        name=name,
        chain_id=chain_id,
        contract=governor,
        primary_type="ExtendedBallot" if reason else "Ballot",
        fields=(
            ("proposalId", "uint256", proposal_id),
            ("support", "uint8", support),
            ("voter", "address", voter),
            ("nonce", "uint256", nonce),
            *more,
        ),
    )


def delegation(
    *, token: str, delegatee: str, nonce: int, expiry: int, name: str, chain_id: int
) -> dict[str, Any]:
    """ERC-5805: the signer's votes go to `delegatee`, through delegateBySig."""
    return _message(
        name=name,
        chain_id=chain_id,
        contract=token,
        primary_type="Delegation",
        fields=(
            ("delegatee", "address", delegatee),
            ("nonce", "uint256", nonce),
            ("expiry", "uint256", expiry),
        ),
    )


def _message(
    *,
    name: str,
    chain_id: int,
    contract: str,
    primary_type: str,
    fields: tuple[tuple[str, str, str | int], ...],
) -> dict[str, Any]:
    return {
        "types": {
            "EIP712Domain": _DOMAIN_TYPE,
            primary_type: [{"name": field, "type": kind} for field, kind, _ in fields],
        },
        "primaryType": primary_type,
        "domain": {"name": name, "version": "1", "chainId": str(chain_id), "verifyingContract": contract},
        "message": {field: value if kind == "address" else str(value) for field, kind, value in fields},
    }
