"""Holds node, settings, deployment and database to one and the same chain."""

from chain.client import ChainClient
from chain.deployments import Deployment
from chain.errors import WrongChain
from chain.models import IndexCursor


def check_deployment(client: ChainClient, deployment: Deployment) -> str:
    """The genesis hash of the node's chain; raises WrongChain where the contracts live on another one."""
    genesis = client.block(0).hash
    if client.chain_id != deployment.chain_id or deployment.genesis_hash.lower() not in ("", genesis):
        raise WrongChain(
            f"the contracts were deployed on chain {deployment.chain_id} with genesis "
            f"{deployment.genesis_hash[:10]}, the node is of chain {client.chain_id} with genesis "
            f"{genesis[:10]}: was the local chain started afresh? Then deploy again"
        )
    return genesis


def check_database(cursor: IndexCursor, deployment: Deployment, genesis: str) -> None:
    """Raises WrongChain where the database holds another chain, or other contracts of this one."""
    if (cursor.chain_id, cursor.genesis_hash) != (deployment.chain_id, genesis):
        raise WrongChain(
            f"the database follows chain {cursor.chain_id} with genesis {cursor.genesis_hash[:10]}, "
            f"the node is of chain {deployment.chain_id} with genesis {genesis[:10]}: "
            "start with an empty database"
        )
    if cursor.contracts_digest != deployment.contracts_digest:
        raise WrongChain(
            "the database follows other contracts than the deployment file names: "
            "start with an empty database"
        )
