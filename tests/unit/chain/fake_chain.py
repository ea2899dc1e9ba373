"""A chain in memory with the client's face: mines, reorganises, forgets and lies as a test wants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from eth_hash.auto import keccak

from chain.abi import address_word
from chain.bindings import test_dollar
from chain.blocks import BlockRef, RawLog, Receipt
from chain.deployments import Deployment
from chain.errors import UnknownBlock

CHAIN_ID = 31337
DOLLAR = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
ZERO = "0x" + "00" * 20
START_BLOCK = 1


def bloom_of(*items: bytes) -> bytes:
    """The bloom as the yellow paper builds it."""
    bits = 0
    for item in items:
        digest = keccak(item)
        for pair in (digest[0:2], digest[2:4], digest[4:6]):
            bits |= 1 << (int.from_bytes(pair, "big") % 2048)
    return bits.to_bytes(256, "big")


def account(number: int) -> str:
    """A made-up address, all digits, so that it is its own checksum form."""
    return f"0x{number:040d}"


@dataclass(frozen=True)
class Transfer:
    """A TestDollar transfer that a fake block shall hold; `emitter` other than the dollar is a look-alike."""

    sender: str
    to: str
    value: int
    emitter: str = DOLLAR


@dataclass(frozen=True)
class FakeBlock:
    ref: BlockRef
    logs: tuple[RawLog, ...]


@dataclass
class FakeChain:
    """`salt` tells two branches apart that hold the same transfers."""

    salt: int = 0
    blocks_: list[FakeBlock] = field(default_factory=list)
    hidden_logs: set[int] = field(default_factory=set)
    chain_id: int = CHAIN_ID
    requests: int = 0

    def __post_init__(self) -> None:
        if not self.blocks_:
            self._append((), parent_hash="0x" + "00" * 32)

    def deployment(self) -> Deployment:
        genesis = self.blocks_[0].ref.hash
        return Deployment(CHAIN_ID, START_BLOCK, {"TestDollar": DOLLAR}, genesis_hash=genesis)

    def mine(self, *blocks: Sequence[Transfer]) -> None:
        for transfers in blocks:
            self._append(transfers, parent_hash=self.blocks_[-1].ref.hash)

    def reorg(self, depth: int, *blocks: Sequence[Transfer]) -> None:
        """Drops the newest `depth` blocks (never genesis) and mines others in their place."""
        self.salt += 1
        del self.blocks_[max(1, len(self.blocks_) - depth) :]
        self.mine(*blocks)

    def transfers(self) -> list[RawLog]:
        """Every log of the dollar on the chain, in order."""
        return [log for block in self.blocks_ for log in block.logs if log.address == DOLLAR.lower()]

    def head(self) -> BlockRef:
        return self.blocks_[-1].ref

    def head_number(self) -> int:
        return self.head().number

    def block(self, tag: int | str) -> BlockRef:
        self.requests += 1
        if tag == "latest":
            return self.head()
        for block in self.blocks_:
            if tag in (block.ref.number, block.ref.hash):
                return block.ref
        raise UnknownBlock(f"the node has no block {tag}")

    def blocks(self, numbers: Iterable[int]) -> list[BlockRef]:
        return [self.block(number) for number in numbers]

    def logs(self, *, addresses: Sequence[str], topics: Sequence[str], first: int, last: int) -> list[RawLog]:
        return [
            log
            for block in self.blocks_[first : last + 1]
            if block.ref.number not in self.hidden_logs
            for log in block.logs
            if log.address in addresses and log.topics[0] in topics
        ]

    def receipts_of_block(self, block_hash: str) -> list[Receipt]:
        block = next((b for b in self.blocks_ if b.ref.hash == block_hash), None)
        if block is None:
            raise UnknownBlock(f"the node has no block {block_hash}")
        return [
            Receipt(log.tx_hash, block.ref.number, block_hash, succeeded=True, gas_used=1, logs=(log,))
            for log in block.logs
        ]

    def _append(self, transfers: Sequence[Transfer], parent_hash: str) -> None:
        number = len(self.blocks_)
        content = f"{number}|{parent_hash}|{self.salt}|{transfers}"
        block_hash = "0x" + keccak(content.encode()).hex()
        logs = tuple(
            RawLog(
                address=transfer.emitter.lower(),
                topics=(
                    test_dollar.TRANSFERRED.topic,
                    address_word(transfer.sender),
                    address_word(transfer.to),
                ),
                data=transfer.value.to_bytes(32, "big"),
                block_number=number,
                block_hash=block_hash,
                tx_hash="0x" + keccak(f"{transfer}{number}".encode()).hex(),
                log_index=index,
            )
            for index, transfer in enumerate(transfers)
        )
        bloom = bloom_of(
            *(bytes.fromhex(log.address[2:]) for log in logs),
            *(bytes.fromhex(topic[2:]) for log in logs for topic in log.topics),
        )
        ref = BlockRef(number, block_hash, parent_hash, 1_700_000_000 + number, logs_bloom=bloom)
        self.blocks_.append(FakeBlock(ref, logs))

    def without_bloom(self, number: int) -> None:
        """Makes one header say that its block holds no logs."""
        block = self.blocks_[number]
        self.blocks_[number] = replace(block, ref=replace(block.ref, logs_bloom=bytes(256)))
