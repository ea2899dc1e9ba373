"""A few numbers by which near-copies of a table are found, whatever the order of rows and columns.

Bottom-k sketch: the smallest hashes of all different rows (A. Broder, "On the resemblance and containment of
documents", 1997). Two sketches tell the share of rows that two tables have in common to about 1 / sqrt(k).
"""

import hashlib
from collections.abc import Collection
from heapq import heappush, heappushpop

MOST_HASHES = 64
HASH_BITS = 63
"""So that a hash fits a signed column of a database."""


class RowSketch:
    """The sketch of the rows that went by."""

    def __init__(self) -> None:
        self._largest_first: list[int] = []
        self._known: set[int] = set()

    def add(self, cells: list[str]) -> list[str]:
        """Notes the row and gives it back."""
        whole = "\0".join(sorted(cells)).encode()
        number = int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest()) >> (64 - HASH_BITS)
        if number in self._known:
            return cells
        if len(self._known) < MOST_HASHES:
            self._known.add(number)
            heappush(self._largest_first, -number)
        elif number < -self._largest_first[0]:
            self._known.add(number)
            self._known.discard(-heappushpop(self._largest_first, -number))
        return cells

    def hashes(self) -> list[int]:
        """At most 64 numbers, ascending."""
        return sorted(self._known)


def resemblance(one: Collection[int], other: Collection[int]) -> float:
    """The share of their rows, 0 to 1, that two tables have in common, by their sketches.

    >>> resemblance([1, 2, 3], [2, 3, 4])
    0.5
    """
    both = sorted({*one, *other})[:MOST_HASHES]
    shared = {*one} & {*other}
    return sum(number in shared for number in both) / len(both) if both else 0.0
