"""One JSON-RPC call to a node over HTTP, with the standard library alone (only chain/ speaks web3)."""

import json
from base64 import b64encode
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from config.stack.errors import StackError


class NodeAway(StackError):
    """The node does not answer, or not as a node does."""


class NodeRefused(StackError):
    """The node answered with an error."""


def call(rpc_url: str, method: str, *params: object, seconds: float = 5) -> Any:
    """The result of one call."""
    if urlsplit(rpc_url).scheme not in {"http", "https"}:
        raise NodeAway("the node's address must begin with http:// or https://")
    parts = urlsplit(rpc_url)
    headers = {"Content-Type": "application/json"}
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = "Basic " + b64encode(secret).decode()
        rpc_url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = Request(rpc_url, data=body, headers=headers)  # noqa: S310 - checked above
    try:
        with urlopen(request, timeout=seconds) as response:  # noqa: S310
            answer = json.load(response)
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise NodeAway(f"no answer to {method}: {getattr(error, 'reason', error)}") from error
    if not isinstance(answer, dict) or "result" not in answer:
        told = answer.get("error") if isinstance(answer, dict) else answer
        raise NodeRefused(f"{method} was refused: {told}")
    return answer["result"]
