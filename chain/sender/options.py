"""How the sender works. Every number may be changed without a migration."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SendOptions:
    """Tunables of the sender.

    confirmations: blocks above a receipt that make it final, as the follower counts them.
    rebroadcast_seconds: a transaction without a receipt is sent again, byte by byte the same, this often.
    bump_seconds: a transaction that the chain passes over this long is replaced by one with the same nonce
        and a higher fee; 60 means a bump a minute until one is mined.
    poll_seconds: the pause after a look that found nothing to do.
    longest_wait_seconds: where growing pauses end, of entries that wait and of a node that is away.
    """

    confirmations: int | Literal["finalized"] = 4
    rebroadcast_seconds: float = 10.0
    bump_seconds: float = 60.0
    poll_seconds: float = 0.5
    longest_wait_seconds: float = 30.0
