"""A small pinning service over real HTTP: the IPFS Pinning Service API 1.0 beside a gateway of its own.

What it is asked to pin it fetches from the blocks of a node, as a real one does from the network. `faults`
replaces the answers to "POST /pins", "GET /pins", "GET /pins/id" and "DELETE /pins/id".
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from storage.cid import Cid
from storage.reading import tree_blocks
from tests.fakes.ipfs_node import FakeIpfsNode, QuietServer

TOKEN = "secret-token"
Fault = Callable[["PinCall"], None]


class FakePinningService:
    """State of the service: its requests, and the node that its gateway serves from."""

    def __init__(self, network: FakeIpfsNode, own: FakeIpfsNode) -> None:
        self.network = network
        self.own = own
        self.requests: dict[str, dict[str, Any]] = {}
        self.faults: dict[str, Fault] = {}
        self.seen: list[tuple[str, Any]] = []
        self.looks_until_done = 2
        self.url = ""

    def take(self, pin: dict[str, Any]) -> dict[str, Any]:
        request_id = f"request-{len(self.requests) + 1}"
        self.requests[request_id] = {
            "requestid": request_id,
            "status": "queued",
            "created": "2026-11-21T12:00:00Z",
            "pin": pin,
            "delegates": ["/ip4/203.0.113.7/tcp/4001/p2p/12D3KooWtest"],
        }
        if self.looks_until_done == 0:
            self.fetch(request_id)
        return self.requests[request_id]

    def look(self, request_id: str) -> dict[str, Any]:
        request = self.requests[request_id]
        if request["status"] in {"queued", "pinning"}:
            request["status"] = "pinning"
            self.looks_until_done -= 1
            if self.looks_until_done <= 0:
                self.fetch(request_id)
        return request

    def fetch(self, request_id: str) -> None:
        request = self.requests[request_id]
        cid = Cid.parse(request["pin"]["cid"])
        try:
            self.own.blocks |= dict(tree_blocks(cid, self.network.block))
        except KeyError:
            request["status"] = "failed"
        else:
            request["status"] = "pinned"


class PinCall(BaseHTTPRequestHandler):
    """One request to the service."""

    protocol_version = "HTTP/1.1"
    service: FakePinningService

    def do_GET(self) -> None:
        self._meet("GET")

    def do_POST(self) -> None:
        self._meet("POST")

    def do_DELETE(self) -> None:
        self._meet("DELETE")

    def _meet(self, method: str) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.sent = json.loads(body) if body else None
        self.service.seen.append((f"{method} {self.path}", self.sent))
        _, _, self.request_id = url.path.removeprefix("/psa").removeprefix("/").partition("/")
        self.query = {key: values[-1] for key, values in parse_qs(url.query).items()}
        fault = self.service.faults.get(f"{method} /pins" + ("/id" if self.request_id else ""))
        if fault is not None:
            fault(self)
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.refuse(401, "UNAUTHORIZED")
        elif self.request_id and self.request_id not in self.service.requests:
            self.refuse(404, "NOT_FOUND")
        else:
            getattr(self, f"_answer_{method.lower()}")()

    def _answer_post(self) -> None:
        self.answer(202, self.service.take(self.sent))

    def _answer_get(self) -> None:
        if self.request_id:
            self.answer(200, self.service.look(self.request_id))
            return
        states = self.query.get("status", "pinned").split(",")
        found = [
            each
            for each in self.service.requests.values()
            if each["pin"]["cid"] in self.query["cid"].split(",") and each["status"] in states
        ]
        self.answer(200, {"count": len(found), "results": found[: int(self.query.get("limit", 10))]})

    def _answer_delete(self) -> None:
        del self.service.requests[self.request_id]
        self.send_body(202, b"")

    def answer(self, status: int, document: Any) -> None:
        self.send_body(status, json.dumps(document).encode())

    def refuse(self, status: int, reason: str) -> None:
        self.answer(status, {"error": {"reason": reason, "details": f"your token {TOKEN} is known"}})

    def send_body(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def running_service(network: FakeIpfsNode, own: FakeIpfsNode) -> Iterator[FakePinningService]:
    """The service on a port of its own; `own` runs already and is its gateway."""
    service = FakePinningService(network, own)
    handler = type("Handler", (PinCall,), {"service": service})
    server = QuietServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/psa"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
