"""Calls on a Kubo node. All use of ipfshttpclient is in this file.

ipfshttpclient is unmaintained (pinned to 0.8.0a2), so its traps are met here once:
- `connect()` refuses today's nodes; the class itself asks nothing, and our own version check follows.
- A node that fails in mid-answer looks like success with short bytes, and a cut connection raises the raw
  errors of requests or urllib3: callers check every byte against its CID, and both families are translated.
- Its HTTP adapter passes strict=True, of which urllib3 warns and which it will refuse; one of requests' own
  takes its place.
- It sends the path of a file along with the file; the stream that we hand it has no name.
"""

import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ipfshttpclient
import ipfshttpclient.exceptions
import ipfshttpclient.multipart
import requests
import requests.adapters
import urllib3.exceptions

from common.strict_json import strict_loads
from storage.cid import Cid
from storage.errors import (
    BlockMissing,
    DeadlineExceeded,
    NodeTooOld,
    NotPinned,
    SourceUnavailable,
    StoreFull,
)
from storage.importer import ByteStream
from storage.limits import Patience
from storage.multiaddr import NodeAddress
from storage.streams import read_within

WHERE = "the IPFS node"
OLDEST_VERSION = (0, 25)
UPLOAD_CHUNK_BYTES = 1 << 20
MAX_ANSWER_BYTES = 1 << 20
ROOM_SECONDS = 5.0

Options = Mapping[str, str]


class KuboNode:
    """Calls on the node, one ipfshttpclient client a thread, with errors that say what happened."""

    def __init__(self, address: NodeAddress, patience: Patience) -> None:
        self._address = address
        self._patience = patience
        self._of_thread = threading.local()
        self._has_checked_version = False

    def check_version(self) -> None:
        """Refuses a node that is too old to know the options that we pass."""
        if self._has_checked_version:
            return
        with self._request("/version", [], None, self._patience.block_seconds) as answer:
            version = str(_items(answer)[0].get("Version", ""))
        numbers = re.match(r"(\d+)\.(\d+)", version)
        if numbers is None or (int(numbers[1]), int(numbers[2])) < OLDEST_VERSION:
            raise NodeTooOld(f"the IPFS node has version {version or 'unknown'}; Kubo 0.25 is the oldest")
        self._has_checked_version = True

    def free_bytes(self) -> int:
        """What the node may take by its own limit, Datastore.StorageMax; it does not stop there itself."""
        short = [("size-only", "true")]
        # It knows this at once, and somebody waits: a node that hangs is not waited for.
        seconds = min(ROOM_SECONDS, self._patience.block_seconds)
        with self._request("/repo/stat", short, None, seconds) as answer:
            told = _items(answer)[0]
        used, limit = told.get("RepoSize"), told.get("StorageMax")
        if not isinstance(used, int) or not isinstance(limit, int):
            raise SourceUnavailable("the IPFS node does not say how much room it has")
        return max(0, limit - used)

    def ask(self, path: str, cid: Cid, options: Options) -> list[dict[str, Any]]:
        """The whole of a short answer about a CID."""
        with self.open(path, cid, options) as answer:
            return _items(answer)

    def open(self, path: str, cid: Cid, options: Options) -> "NodeAnswer":
        """The answer about a CID as a stream."""
        is_stream = path == "/dag/export"
        seconds = self._patience.stream_seconds if is_stream else self._patience.block_seconds
        parameters = [*options.items(), ("timeout", f"{seconds:g}s"), ("arg", str(cid))]
        return self._request(path, parameters, cid, seconds)

    def send(self, path: str, stream: ByteStream, options: Options) -> list[dict[str, Any]]:
        """Uploads a stream and gives the node's answer."""
        seconds = self._patience.stream_seconds
        sent = _Nameless(stream, time.monotonic() + seconds)
        body, headers = ipfshttpclient.multipart.stream_files(sent, chunk_size=UPLOAD_CHUNK_BYTES)
        with self._request(path, list(options.items()), None, seconds, data=body, headers=headers) as answer:
            return _items(answer)

    def _request(
        self, path: str, parameters: list[tuple[str, str]], cid: Cid | None, seconds: float, **upload: Any
    ) -> "NodeAnswer":
        deadline = time.monotonic() + seconds
        with _translating(cid):
            closables, _ = self._client()._request(
                "POST",
                path,
                parameters,
                auth=None,
                data=upload.get("data"),
                headers=upload.get("headers"),
                timeout=(self._patience.connect_seconds, min(self._patience.idle_seconds, seconds)),
                chunk_size=None,
            )
        # The first closable is the response. We read its raw stream; the package would gather it in memory.
        return NodeAnswer(closables[0], cid, deadline)

    def _client(self) -> Any:
        """The package's low-level client, which takes options that its methods do not know."""
        if not hasattr(self._of_thread, "client"):
            self._of_thread.client = _open_client(self._address)
        return self._of_thread.client._client


def _open_client(address: NodeAddress) -> ipfshttpclient.Client:
    client = ipfshttpclient.Client(address.multiaddr, address.base_path, auth=address.auth, session=True)
    session = client._client._session
    session.family = socket.AF_UNSPEC
    session.mount("http://", requests.adapters.HTTPAdapter())
    session.mount("https://", requests.adapters.HTTPAdapter())
    return client


class NodeAnswer:
    """The body of a response, read as it arrives."""

    def __init__(self, response: requests.Response, cid: Cid | None, deadline: float) -> None:
        self._response = response
        self._cid = cid
        self._deadline = deadline

    def __enter__(self) -> "NodeAnswer":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def read(self, size: int = -1, /) -> bytes:
        if time.monotonic() > self._deadline:
            raise DeadlineExceeded("the IPFS node was still sending when its time was over")
        with _translating(self._cid):
            return self._response.raw.read1(size)

    def close(self) -> None:
        self._response.close()


@contextmanager
def _translating(cid: Cid | None) -> Iterator[None]:
    try:
        yield
    except ipfshttpclient.exceptions.ErrorResponse as error:
        raise _refusal(str(error), cid) from error
    except (ipfshttpclient.exceptions.TimeoutError, requests.exceptions.Timeout) as error:
        raise SourceUnavailable("the IPFS node does not answer in time") from error
    except ipfshttpclient.exceptions.StatusError as error:
        raise SourceUnavailable("the IPFS node refuses the request") from error
    except (
        ipfshttpclient.exceptions.CommunicationError,
        requests.exceptions.RequestException,
        urllib3.exceptions.HTTPError,
    ) as error:
        raise SourceUnavailable("the IPFS node cannot be reached, or broke off its answer") from error


def _refusal(text: str, cid: Cid | None) -> Exception:
    """The fact in the node's own words; they are kept out of the message, since they may hold paths."""
    lowered = text.lower()
    if "no space left" in lowered or "disk quota" in lowered:
        return StoreFull("the IPFS node's disk is full")
    if "not pinned" in lowered:
        return NotPinned(f"the IPFS node has no pin of {cid}")
    if cid is not None and ("not found" in lowered or "could not find" in lowered):
        return BlockMissing(str(cid), where=WHERE)
    return SourceUnavailable("the IPFS node could not do what was asked")


def _items(answer: NodeAnswer) -> list[dict[str, Any]]:
    """The JSON objects of a short answer, one a line."""
    received = read_within(answer, MAX_ANSWER_BYTES)
    if received is None:
        raise SourceUnavailable(f"the IPFS node's answer has more than {MAX_ANSWER_BYTES:,} bytes")
    try:
        items = [strict_loads(line) for line in received.splitlines() if line.strip()]
    except ValueError as error:
        raise SourceUnavailable("the IPFS node's answer is not JSON") from error
    if not items or not all(isinstance(item, dict) for item in items):
        raise SourceUnavailable("the IPFS node broke off its answer")
    return items


class _Nameless:
    """A stream without the name and path that the package would send along, and with an end in time: a node
    that takes a little now and then passes every time-out of a socket."""

    def __init__(self, stream: ByteStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, size: int = -1, /) -> bytes:
        if time.monotonic() > self._deadline:
            raise DeadlineExceeded("the IPFS node was still taking bytes when its time was over")
        return self._stream.read(size)
