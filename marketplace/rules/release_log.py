"""The log of releases: each entry names the hash of the one before it, so that none is changed unnoticed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

FIRST_HASH = "0" * 64


@dataclass(frozen=True)
class LogEntry:
    """One entry. `facts` are texts and whole numbers; `at` is ISO 8601 in UTC; hashes are 64 hex digits."""

    number: int
    previous_hash: str
    at: str
    event: str
    facts: Mapping[str, Any]

    @property
    def hash(self) -> str:
        """sha2-256 of the entry as canonical JSON (RFC 8785)."""
        document: dict[str, Any] = {
            "number": self.number,
            "previous_hash": self.previous_hash,
            "at": self.at,
            "event": self.event,
            "facts": dict(self.facts),
        }
        return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def first_problem(entries: Iterable[tuple[LogEntry, str]], noted_hash: str = "") -> str:
    """What is wrong with the log, in words; empty where it holds.

    `entries` are given from number 1 on, each with the hash that was stored for it. The newest entries can
    be cut off without a trace inside the log, so a hash that was noted elsewhere must occur in it.
    """
    previous, was_noted, expected = FIRST_HASH, not noted_hash, 1
    for entry, stored_hash in entries:
        if entry.number != expected:
            return f"entry {expected} is missing"
        if entry.previous_hash != previous:
            return f"entry {entry.number} does not follow from entry {entry.number - 1}"
        if entry.hash != stored_hash:
            return f"entry {entry.number} was changed after it was written"
        previous, expected = stored_hash, expected + 1
        was_noted = was_noted or stored_hash == noted_hash
    return "" if was_noted else f"the noted hash {noted_hash} is not in the log: entries were cut off"
