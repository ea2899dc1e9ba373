"""Whether the chain has assigned a verifier to a job's dispute."""

from chain.client import ChainClient
from chain.deployments import Deployment


def is_assigned_verifier(
    node: ChainClient, deployment: Deployment, block: int, job_id: int, verifier: str
) -> bool:
    """What the DisputeBook says at this block; without a DisputeBook nobody is assigned."""
    return False
