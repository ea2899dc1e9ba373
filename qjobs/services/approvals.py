"""Exact approvals of what a transaction takes, for bonds and stakes."""

from dataclasses import dataclass

from chain.bindings import erc20
from chain.client import PAGE_TIMEOUT_SECONDS, client
from chain.deployments import current
from chain.errors import NotDeployed
from chain.prepared import PreparedTransaction, prepare_call
from common.errors import Conflict
from marketplace.tokens import Token
from qjobs.selectors.dispute_terms import DisputeTerms, dispute_terms


@dataclass(frozen=True)
class Approved:
    """A transaction that takes tokens, and the exact approval before it where one is needed."""

    approval: PreparedTransaction | None
    transaction: PreparedTransaction


def stake_terms() -> DisputeTerms:
    """The terms of bonds and stakes; raises NotDeployed where this deployment has none."""
    terms = dispute_terms()
    if terms is None:
        raise NotDeployed("this deployment has no DisputeBook")
    return terms


def exact_approval(token: Token, *, owner: str, spender: str, units: int) -> PreparedTransaction | None:
    """The approval by which one of our contracts may take exactly this much; None where it may already.

    Raises Conflict where the wallet holds less.
    """
    node, deployment = client(PAGE_TIMEOUT_SECONDS), current()
    balance = node.read(token.address, erc20.BALANCE_OF, account=owner)
    if balance < units:
        raise Conflict(
            f"This takes {token.text(units)} and the wallet holds {token.text(balance)}.",
            code="not_enough_funds",
        )
    address = deployment.address_of(spender)
    if node.read(token.address, erc20.ALLOWANCE, owner=owner, spender=address) >= units:
        return None
    return prepare_call(
        erc20.APPROVE.call(token.address, spender=address, value=units),
        summary=f"Let {spender} take exactly {token.text(units)}",
        chain_id=deployment.chain_id,
        details=[("Token", token.address), ("Spender", address), token.detail("Amount", units)],
    )
