"""How the follower reads. Every number may be changed without a migration."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class FollowOptions:
    """Tunables of the follower.

    confirmations: blocks above a block that make it final; 4 means that block 100 is final at head 104. With
        "finalized" the node's own finality is taken.
    history_blocks: how deep a reorganisation is undone from the journal; deeper ones read all anew. Must be
        above `confirmations`.
    dense_span, sparse_span: blocks a transaction, near the head (every header is read and linked) and far
        below it (only headers of blocks with our logs). More is faster and holds rows locked longer.
    lag_grace_seconds: a node that suddenly shows fewer blocks of the same chain is taken for lagging this
        long, then for restarted, and we rewind to it. 0 rewinds at once.
    longest_wait_seconds: where the growing pause ends while the node is away.
    poll_seconds: the pause after a look that found nothing new.
    """

    confirmations: int | Literal["finalized"] = 4
    history_blocks: int = 512
    dense_span: int = 200
    sparse_span: int = 5000
    lag_grace_seconds: float = 5.0
    poll_seconds: float = 0.5
    longest_wait_seconds: float = 10.0
