"""What a challenge costs and how long verifiers have: fixed when the contracts were deployed."""

from dataclasses import dataclass

from chain.deployments import Deployment, current
from chain.errors import NotDeployed
from marketplace.tokens import Token, token_at

TEST_DOLLAR = "TestDollar"


@dataclass(frozen=True)
class DisputeTerms:
    """Amounts in base units of `token`, in which bonds and stakes are."""

    bond: int
    most_slashed: int
    attest_seconds: int
    token: Token


def dispute_terms() -> DisputeTerms | None:
    """The terms in the deployment file; None where it tells none."""
    try:
        deployment = current()
    except NotDeployed:
        return None
    told = deployment.parameters
    if "dispute_bond" not in told or "DisputeBook" not in deployment.contracts:
        return None
    return DisputeTerms(
        bond=int(told["dispute_bond"]),
        most_slashed=int(told["dispute_slash"]),
        attest_seconds=int(told["attest_seconds"]),
        token=token_at(_stake_token(deployment)),
    )


def stake_token() -> Token:
    """The one token of bonds and stakes."""
    return token_at(_stake_token(current()))


def _stake_token(deployment: Deployment) -> str:
    name = str(deployment.parameters.get("stake_token", TEST_DOLLAR))
    return deployment.contracts.get(name, name)
