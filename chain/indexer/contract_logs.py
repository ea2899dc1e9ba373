"""Which logs are ours: by address (of the deployment) and by topic (of that contract's bindings)."""

from collections.abc import Iterable

from chain.abi import Event
from chain.abi_types import hex_to_bytes
from chain.bindings import BY_NAME
from chain.blocks import BlockRef, RawLog
from chain.deployments import Deployment
from chain.events import LogEvent
from chain.indexer.bloom import may_hold_log


class ContractLogs:
    """The contracts and events of one deployment; turns their logs into events and leaves all others."""

    def __init__(self, deployment: Deployment) -> None:
        self._known: dict[tuple[str, str], tuple[str, str, Event]] = {
            (address.lower(), event.topic): (contract, address, event)
            for contract, address in deployment.contracts.items()
            if contract in BY_NAME
            for event in BY_NAME[contract].EVENTS
        }
        self.addresses = sorted({address for address, _ in self._known})
        self.topics = sorted({topic for _, topic in self._known})
        self._address_bytes = [hex_to_bytes(address) for address in self.addresses]
        self._topic_bytes = [hex_to_bytes(topic) for topic in self.topics]

    def is_ours(self, log: RawLog) -> bool:
        """Whether a contract of ours wrote it, and it is an event that this contract declares."""
        return bool(log.topics) and (log.address, log.topics[0]) in self._known

    def may_be_in(self, block: BlockRef) -> bool:
        """Whether the block's bloom leaves it open that it holds logs of ours."""
        return len(block.logs_bloom) == 256 and may_hold_log(
            block.logs_bloom, self._address_bytes, self._topic_bytes
        )

    def ours(self, logs: Iterable[RawLog]) -> list[RawLog]:
        """Our logs, each once, in chain order."""
        once = {(log.block_hash, log.log_index): log for log in logs if self.is_ours(log)}
        return sorted(once.values(), key=lambda log: (log.block_number, log.log_index))

    def event(self, log: RawLog, block: BlockRef) -> LogEvent:
        """One of our logs, decoded; `block` is the block that holds it."""
        contract, address, event = self._known[log.address, log.topics[0]]
        return LogEvent(
            contract=contract,
            name=event.name,
            args=event.decode(log.topics, log.data),
            block_number=block.number,
            block_hash=block.hash,
            block_timestamp=block.timestamp,
            tx_hash=log.tx_hash,
            log_index=log.log_index,
            address=address,
        )
