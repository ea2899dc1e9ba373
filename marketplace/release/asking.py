"""Asks the release service for the header of a sealed file, over HTTP as everybody does."""

import http.client
from urllib.parse import urlsplit

from django.conf import settings

from marketplace.errors import NotReleasedYet
from storage.age.header import MAX_HEADER_BYTES
from storage.errors import SourceUnavailable
from storage.exchange import Exchange
from storage.limits import DEFAULT_PATIENCE
from storage.streams import read_within


def asked_header(path: str) -> bytes:
    """What the release service gives for this path; raises NotReleasedYet, or a retryable error."""
    base = urlsplit(settings.RELEASE_URL)
    exchange = Exchange(
        base, DEFAULT_PATIENCE, deadline_seconds=DEFAULT_PATIENCE.block_seconds, where="the release service"
    )
    try:
        status = exchange.ask("GET", path, {"Accept": "*/*"})
        if status != http.client.OK:
            raise NotReleasedYet(f"The release service does not give the key yet (it answers {status}).")
        header = read_within(exchange, MAX_HEADER_BYTES)
    finally:
        exchange.close()
    if header is None:
        raise SourceUnavailable(f"the release service sent more than a header's {MAX_HEADER_BYTES:,} bytes")
    return header
