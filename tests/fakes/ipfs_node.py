"""A small IPFS node for tests: Kubo's RPC and gateway over real HTTP, with faults on order.

It keeps Kubo's habits that matter: POST alone, unknown options ignored, old defaults where an option is
missing, errors as JSON with status 500.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

from common.errors import QommonsError
from storage.car import CarReader, write_car
from storage.cid import DAG_PB, RAW, Cid
from storage.importer import Profile, import_stream
from storage.reading import Wanted, tree_blocks
from storage.varint import encode_varint

Fault = Callable[["Request"], None]


class FakeIpfsNode:
    """State of the node. `faults` replaces the answers to a path: "/api/v0/block/get", "/ipfs?format=raw".

    pause_seconds: between two chunks of an upload that it takes.
    """

    def __init__(self) -> None:
        self.blocks: dict[Cid, bytes] = {}
        self.pins: set[Cid] = set()
        self.faults: dict[str, Fault] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.upload_headers = ""
        self.version = "0.43.1"
        self.storage_max = 10_000_000_000
        self.pause_seconds = 0.0
        self.url = ""

    def block(self, wanted: Wanted) -> bytes:
        return self.blocks[wanted.cid]

    def car(self, cid: Cid) -> list[bytes]:
        """The pieces of a CAR; it ends early where a block is missing."""
        pieces = []
        try:
            pieces.extend(write_car(cid, tree_blocks(cid, self.block)))
        except KeyError:
            pieces = pieces or list(write_car(cid, []))
        return pieces

    def take(self, content: bytes, options: dict[str, str]) -> Cid:
        """What `add` does, with Kubo's defaults for what is not said."""
        chunk_bytes = int(options.get("chunker", "size-262144").removeprefix("size-"))
        profile = Profile("asked", chunk_bytes, int(options.get("max-file-links", 174)))
        imported = import_stream(BytesIO(content), profile=profile, on_node=self.blocks.__setitem__)
        for at in range(0, max(1, len(content)), chunk_bytes):
            chunk = content[at : at + chunk_bytes]
            self.blocks[Cid.of_block(chunk, RAW)] = chunk
        if options.get("raw-leaves") != "true" and imported.nodes == 0:
            return self._old_leaf(content)
        return imported.cid

    def _old_leaf(self, content: bytes) -> Cid:
        size = encode_varint(len(content))
        unixfs = b"\x08\x02\x12" + size + content + b"\x18" + size
        block = b"\x0a" + encode_varint(len(unixfs)) + unixfs
        cid = Cid.of_block(block, DAG_PB)
        self.blocks[cid] = block
        return cid


class Request(BaseHTTPRequestHandler):
    """One request to the fake."""

    protocol_version = "HTTP/1.1"
    node: FakeIpfsNode

    def do_POST(self) -> None:
        self.url = urlsplit(self.path)
        self.options = {key: values[-1] for key, values in parse_qs(self.url.query).items()}
        self.body = self._read_body()
        self.node.seen.append((self.url.path, self.options))
        fault = self.node.faults.get(self.url.path)
        if fault is not None:
            fault(self)
            return
        answer = ANSWERS.get(self.url.path.removeprefix("/api/v0"))
        if answer is None:
            self.send_whole(404, b"404 page not found")
            return
        answer(self)

    def do_GET(self) -> None:
        self.url = urlsplit(self.path)
        self.options = {key: values[-1] for key, values in parse_qs(self.url.query).items()}
        self.node.seen.append((self.url.path, self.options))
        if not self.url.path.startswith("/ipfs/"):
            self.send_whole(405, b"")
            return
        fault = self.node.faults.get(f"/ipfs?format={self.options.get('format')}")
        if fault is not None:
            fault(self)
            return
        cid = Cid.parse(self.url.path.removeprefix("/ipfs/"))
        if cid not in self.node.blocks:
            self.send_whole(404, b"block not found")
        elif self.options.get("format") == "raw":
            self.send_whole(200, self.node.blocks[cid])
        else:
            self.send_stream(self.node.car(cid))

    @property
    def cid(self) -> Cid:
        return Cid.parse(self.options.get("arg") or self.url.path.rpartition("/")[2])

    def send_whole(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_json(self, *items: dict[str, object]) -> None:
        self.send_whole(200, b"".join(json.dumps(item).encode() + b"\n" for item in items))

    def send_refusal(self, message: str) -> None:
        self.send_whole(500, json.dumps({"Message": message, "Code": 0, "Type": "error"}).encode())

    def send_missing(self) -> None:
        self.send_refusal(f"block was not found locally (offline): ipld: could not find {self.cid}")

    def start_stream(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Trailer", "X-Stream-Error")
        self.end_headers()

    def send_chunk(self, piece: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.flush()

    def send_stream(self, pieces: list[bytes]) -> None:
        self.start_stream()
        for piece in pieces:
            self.send_chunk(piece)
        self.wfile.write(b"0\r\n\r\n")

    def uploaded(self) -> bytes:
        """The one file of a multipart body."""
        head, _, rest = self.body.partition(b"\r\n\r\n")
        self.node.upload_headers = head.decode()
        boundary = head.split(b"\r\n", 1)[0]
        return rest[: rest.rindex(b"\r\n" + boundary)]

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        received = bytearray()
        while size := int(self.rfile.readline() or b"0", 16):
            received += self.rfile.read(size)
            self.rfile.readline()
            time.sleep(self.node.pause_seconds)
        self.rfile.readline()
        return bytes(received)

    def log_message(self, format: str, *args: object) -> None:
        return


def _add(request: Request) -> None:
    content = request.uploaded()
    cid = request.node.take(content, request.options)
    request.node.pins.add(cid)
    request.send_json({"Name": str(cid), "Hash": str(cid), "Size": str(len(content))})


def _block_get(request: Request) -> None:
    if request.cid in request.node.blocks:
        request.send_whole(200, request.node.blocks[request.cid])
    else:
        request.send_missing()


def _block_stat(request: Request) -> None:
    if request.cid in request.node.blocks:
        request.send_json({"Key": str(request.cid), "Size": len(request.node.blocks[request.cid])})
    else:
        request.send_missing()


def _dag_export(request: Request) -> None:
    if request.cid in request.node.blocks:
        request.send_stream(request.node.car(request.cid))
    else:
        request.send_missing()


def _dag_import(request: Request) -> None:
    try:
        reader = CarReader(BytesIO(request.uploaded()))
        while (found := reader.next_block()) is not None:
            request.node.blocks[found[0]] = found[1]
    except QommonsError as error:
        request.send_refusal(error.message)
        return
    request.node.pins.add(reader.root)
    request.send_json({"Root": {"Cid": {"/": str(reader.root)}, "PinErrorMsg": ""}})


def _pin_add(request: Request) -> None:
    if request.cid not in request.node.blocks:
        request.send_missing()
        return
    request.node.pins.add(request.cid)
    request.send_json({"Pins": [str(request.cid)]})


def _pin_rm(request: Request) -> None:
    if request.cid not in request.node.pins:
        request.send_refusal("not pinned or pinned indirectly")
        return
    request.node.pins.discard(request.cid)
    request.send_json({"Pins": [str(request.cid)]})


def _pin_ls(request: Request) -> None:
    if request.cid not in request.node.pins:
        request.send_refusal(f"path '{request.cid}' is not pinned")
        return
    request.send_json({"Keys": {str(request.cid): {"Type": "recursive"}}})


def _repo_stat(request: Request) -> None:
    used = sum(map(len, request.node.blocks.values()))
    request.send_json({"RepoSize": used, "StorageMax": request.node.storage_max})


def _version(request: Request) -> None:
    request.send_json({"Version": request.node.version, "Commit": "", "Repo": "18"})


ANSWERS = {
    "/add": _add,
    "/block/get": _block_get,
    "/block/stat": _block_stat,
    "/dag/export": _dag_export,
    "/dag/import": _dag_import,
    "/pin/add": _pin_add,
    "/pin/rm": _pin_rm,
    "/pin/ls": _pin_ls,
    "/repo/stat": _repo_stat,
    "/version": _version,
}


class QuietServer(ThreadingHTTPServer):
    """A server on which hanging up is nothing to speak of."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up on a fault is what the tests are about."""


@contextmanager
def running_node() -> Iterator[FakeIpfsNode]:
    """A fake node on a free port of this machine; `url` serves both the API and the gateway."""
    node = FakeIpfsNode()
    server = QuietServer(("127.0.0.1", 0), type("BoundRequest", (Request,), {"node": node}))
    node.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield node
    finally:
        server.shutdown()
        server.server_close()
