"""Digests as people and addresses bring them."""

import re

from common.errors import InvalidInput

_DIGEST = re.compile(r"0x[0-9a-f]{64}")


def read_digest(text: str, *, field: str) -> str:
    """A sha2-256 as "0x" + 64 lower-case hex digits; raises InvalidInput naming the field."""
    digest = text.lower()
    if not _DIGEST.fullmatch(digest):
        raise InvalidInput('a digest is "0x" and 64 hex digits', field=field)
    return digest
