"""What every act of the story needs: the chain's client, the narrator, and the facts for the report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.abi import Call
from chain.client import ChainClient
from chain.deployments import Deployment
from config.demo.api import ApiUser
from config.demo.narrator import DemoFailed, Narrator

MINED_WITHIN_SECONDS = 60
INDEXED_WITHIN_SECONDS = 60


@dataclass
class Stage:
    """The running site and chain, seen from outside."""

    site_url: str
    rpc_url: str
    client: ChainClient
    deployment: Deployment
    narrator: Narrator
    facts: dict[str, Any] = field(default_factory=dict)

    def send(self, user: ApiUser, step: str, transaction: Mapping[str, str]) -> str:
        """The user's wallet signs and sends what the API prepared; gives the hash once it has succeeded."""
        call = Call(
            to=transaction["to"],
            data=bytes.fromhex(transaction["data"].removeprefix("0x")),
            value=int(transaction["value"]),
        )
        tx_hash = user.wallet.send(self.client, call)
        receipt = self.narrator.wait_for(
            f"mining of {tx_hash}",
            lambda: self.client.receipt(tx_hash),
            timeout_seconds=MINED_WITHIN_SECONDS,
        )
        if not receipt.succeeded:
            raise DemoFailed(f"{user.role}: {transaction['summary']}: reverted in {tx_hash}")
        self.narrator.transaction(step, user.role, transaction["summary"], tx_hash, receipt.gas_used)
        return tx_hash

    def gas_of(self, step: str, who: str, what: str, tx_hash: str) -> None:
        """Records a transaction that the site's own sender made."""
        receipt = self.narrator.wait_for(
            f"receipt of {tx_hash}",
            lambda: self.client.receipt(tx_hash),
            timeout_seconds=MINED_WITHIN_SECONDS,
        )
        self.narrator.transaction(step, who, what, tx_hash, receipt.gas_used)

    def shown(
        self, what: str, probe: Callable[[], Any], timeout_seconds: float = INDEXED_WITHIN_SECONDS
    ) -> Any:
        """Waits until the site shows what the chain already holds."""
        return self.narrator.wait_for(what, probe, timeout_seconds=timeout_seconds)
