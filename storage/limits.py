"""How much a reader is willing to take from bytes that it did not make."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What is over a limit is refused before it is read.

    block_bytes: IPFS itself moves no block above 2 MiB.
    depth: levels of links below the root; 16 levels of 2 links already name 65,536 chunks.
    content_bytes: the whole file or tree; None takes any size (for content of our own).
    """

    block_bytes: int = 2 << 20
    depth: int = 16
    content_bytes: int | None = None


DEFAULT_LIMITS = ReadLimits()
