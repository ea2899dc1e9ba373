"""Whether the chain has assigned a verifier to a job's dispute, and which task it is about."""

from chain.bindings import dispute_book, executor_registry
from chain.client import ChainClient
from chain.deployments import Deployment

DISPUTE_OPEN = 1


def disputed_task(
    node: ChainClient, deployment: Deployment, block: int, job_id: int, verifier: str
) -> int | None:
    """The task that this verifier is to check, as the contracts say at this block; None where it is none.

    Every admitted verifier is assigned to every open dispute that it is no party of, until its attest-by.
    """
    dispute = node.read(
        deployment.address_of("DisputeBook"), dispute_book.GET_DISPUTE, block=block, job_id=job_id
    )
    if dispute["state"] != DISPUTE_OPEN or verifier in {dispute["executor"], dispute["challenger"]}:
        return None
    if dispute["attest_by"] < node.block(block).timestamp:
        return None
    registry = deployment.address_of("ExecutorRegistry")
    is_verifier = node.read(registry, executor_registry.IS_VERIFIER, block=block, executor=verifier)
    return int(dispute["task"]) if is_verifier else None
