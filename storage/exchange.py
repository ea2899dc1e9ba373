"""One HTTP exchange with a host that we do not trust.

The standard library's client, because the socket must be in our hands: a host that drips a byte now and then
passes every per-read time-out, and only a watchdog that shuts the socket ends it. Redirects are not followed.
"""

import http.client
import socket
import threading
from urllib.parse import SplitResult, urlsplit

from storage.errors import DeadlineExceeded, InvalidSourceUrl, SourceUnavailable
from storage.limits import Patience


class Exchange:
    """One request and its answer, from the connection to the last byte under one deadline."""

    def __init__(self, base: SplitResult, patience: Patience, *, deadline_seconds: float, where: str) -> None:
        self._path = base.path.rstrip("/")
        self._where = where
        kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(base.hostname or "", base.port, timeout=patience.connect_seconds)
        self._idle_seconds = patience.idle_seconds
        self._deadline_seconds = deadline_seconds
        self._is_over = False
        self._watchdog = threading.Timer(deadline_seconds, self._give_up)
        self._watchdog.daemon = True
        self._socket: socket.socket | None = None
        self._response: http.client.HTTPResponse | None = None

    @property
    def stated_bytes(self) -> int:
        """The length that the answer announces; 0 where it announces none."""
        assert self._response is not None
        return self._response.length or 0

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes | None = None) -> int:
        """Sends the request, its target below the base's path, and gives the status of the answer."""
        self._watchdog.start()
        own = {"Accept-Encoding": "identity", "User-Agent": "qommons-storage"}
        try:
            self._connection.connect()
            # Kept here: the connection lets go of it at an answer without a length, which may last for ever.
            self._socket = self._connection.sock
            self._socket.settimeout(self._idle_seconds)
            if self._is_over:
                raise TimeoutError
            self._connection.request(method, self._path + target, body, own | headers)
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
        if self._is_over:
            raise DeadlineExceeded(f"{self._where} had not finished after {self._deadline_seconds:g} s")
        return piece

    def close(self) -> None:
        self._watchdog.cancel()
        if self._response is not None:
            self._response.close()
        self._connection.close()

    def _give_up(self) -> None:
        self._is_over = True
        if self._socket is not None:
            try:
                # Not the TLS wrapper's own shutdown: that takes the session from under the reading thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return

    def _named(self, error: Exception) -> Exception:
        if self._is_over:
            return DeadlineExceeded(f"{self._where} had not finished after {self._deadline_seconds:g} s")
        if isinstance(error, TimeoutError):
            return SourceUnavailable(f"{self._where} does not answer")
        return SourceUnavailable(f"{self._where} cannot be reached, or broke off its answer")


def checked_url(text: str) -> SplitResult:
    """The parts of http(s)://host[:port][/path]; raises InvalidSourceUrl for anything else."""
    try:
        url = urlsplit(text)
        is_usable = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError as error:
        raise InvalidSourceUrl("the gateway's address is not a URL") from error
    if not is_usable or url.query or url.fragment or url.username:
        raise InvalidSourceUrl("a gateway's address looks like https://host or http://host:port")
    return url
