"""How much a reader is willing to take from bytes that it did not make."""

from dataclasses import dataclass

SIDE_BYTES = 1 << 20
"""Room for what lies beside the bytes of a file: nodes, names, books."""


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


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait for a node or a gateway.

    connect_seconds: until it takes the connection.
    idle_seconds: between two bytes; a node answers `add` only after its own flush, which may take long.
    block_seconds: for one whole block or short answer, however it drips.
    stream_seconds: for a whole file; at the default a link of 2 MiB/s moves 7 GiB.
    """

    connect_seconds: float = 5.0
    idle_seconds: float = 30.0
    block_seconds: float = 60.0
    stream_seconds: float = 3600.0


DEFAULT_LIMITS = ReadLimits()
DEFAULT_PATIENCE = Patience()
