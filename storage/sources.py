"""Blocks from any IPFS gateway over HTTP, verified here.

The standard library's client, because the socket must be in our hands: a gateway that drips a byte now and
then passes every per-read time-out, and only a watchdog that shuts the socket ends it. Redirects are not
followed.
"""

import http.client
import socket
import threading
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from storage.cid import Cid
from storage.errors import (
    BlockMissing,
    BlockTooLarge,
    DeadlineExceeded,
    InvalidSourceUrl,
    SourceUnavailable,
)
from storage.limits import DEFAULT_LIMITS, DEFAULT_PATIENCE, Patience, ReadLimits
from storage.remote import VerifiedSource

RAW_TYPE = "application/vnd.ipld.raw"
CAR_TYPE = "application/vnd.ipld.car; version=1; order=dfs; dups=y"
MISSING = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class HttpBlockSource(VerifiedSource):
    """A gateway that answers /ipfs/<cid>?format=raw and ?format=car."""

    where = "the gateway"

    def __init__(
        self, base_url: str, *, limits: ReadLimits = DEFAULT_LIMITS, patience: Patience = DEFAULT_PATIENCE
    ) -> None:
        super().__init__(limits=limits)
        self._base = _checked_url(base_url)
        self._patience = patience

    def _ask_block(self, cid: Cid) -> "Exchange":
        exchange = self._ask(cid, "raw", RAW_TYPE, self._patience.block_seconds)
        if exchange.stated_bytes > self._limits.block_bytes:
            exchange.close()
            raise BlockTooLarge(limit_bytes=self._limits.block_bytes, cid=str(cid))
        return exchange

    def _ask_car(self, cid: Cid) -> "Exchange":
        return self._ask(cid, "car", CAR_TYPE, self._patience.stream_seconds)

    def _ask(self, cid: Cid, form: str, media_type: str, deadline_seconds: float) -> "Exchange":
        exchange = Exchange(self._base, self._patience, deadline_seconds=deadline_seconds)
        status = exchange.get(f"{self._base.path.rstrip('/')}/ipfs/{cid}?format={form}", accept=media_type)
        if status == HTTPStatus.OK:
            return exchange
        exchange.close()
        if status in MISSING:
            raise BlockMissing(str(cid), where=self.where)
        raise SourceUnavailable(f"the gateway answered {status} for {cid}")


class Exchange:
    """One request and its answer, from the connection to the last byte under one deadline."""

    def __init__(self, base: SplitResult, patience: Patience, *, deadline_seconds: float) -> None:
        kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(base.hostname or "", base.port, timeout=patience.connect_seconds)
        self._idle_seconds = patience.idle_seconds
        self._deadline_seconds = deadline_seconds
        self._is_over = False
        self._watchdog = threading.Timer(deadline_seconds, self._give_up)
        self._watchdog.daemon = True
        self._response: http.client.HTTPResponse | None = None

    @property
    def stated_bytes(self) -> int:
        """The length that the answer announces; 0 where it announces none."""
        assert self._response is not None
        return self._response.length or 0

    def get(self, target: str, *, accept: str) -> int:
        """Sends the request and gives the status of the answer."""
        self._watchdog.start()
        try:
            self._connection.connect()
            self._connection.sock.settimeout(self._idle_seconds)
            headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "qommons-storage"}
            self._connection.request("GET", target, headers=headers)
            self._response = self._connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._named(error) from error
        return self._response.status

    def read(self, size: int = -1, /) -> bytes:
        assert self._response is not None
        try:
            piece = self._response.read1(size)
        except (OSError, http.client.HTTPException) as error:
            raise self._named(error) from error
        if not piece and self._is_over:
            raise DeadlineExceeded(f"the gateway had not finished after {self._deadline_seconds:g} s")
        return piece

    def close(self) -> None:
        self._watchdog.cancel()
        if self._response is not None:
            self._response.close()
        self._connection.close()

    def _give_up(self) -> None:
        self._is_over = True
        connected = self._connection.sock
        if connected is not None:
            try:
                # Not the TLS wrapper's own shutdown: that takes the session from under the reading thread.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)
            except OSError:
                return

    def _named(self, error: Exception) -> Exception:
        if self._is_over:
            return DeadlineExceeded(f"the gateway had not finished after {self._deadline_seconds:g} s")
        if isinstance(error, TimeoutError):
            return SourceUnavailable("the gateway does not answer")
        return SourceUnavailable("the gateway cannot be reached, or broke off its answer")


def _checked_url(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        is_usable = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError as error:
        raise InvalidSourceUrl("the gateway's address is not a URL") from error
    if not is_usable or url.query or url.fragment or url.username:
        raise InvalidSourceUrl("a gateway's address looks like https://host or http://host:port")
    return url
