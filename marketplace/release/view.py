"""The chain at one block, as a release looks at it."""

from dataclasses import dataclass
from typing import Any

from chain.abi import Function
from chain.client import ChainClient
from chain.deployments import Deployment


@dataclass(frozen=True)
class ChainView:
    """The chain at one block, read afresh."""

    node: ChainClient
    deployment: Deployment
    block: int

    def read(self, contract: str, wanted: Function, /, **args: Any) -> Any:
        """What the deployment's contract of this name answers."""
        return self.node.read(self.deployment.address_of(contract), wanted, block=self.block, **args)
