"""The URL of a node's API -> the multiaddr that ipfshttpclient wants."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from storage.errors import InvalidSourceUrl

API_PATH = "api/v0"
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """Where the API is, and how to sign in; `auth` never appears in a text."""

    multiaddr: str
    base_path: str
    auth: tuple[str, str] | None

    def __repr__(self) -> str:
        return f"NodeAddress({self.multiaddr})"


def node_address(url: str) -> NodeAddress:
    """Reads http://host:5001, https://user:secret@host/prefix, or a multiaddr as it is.

    >>> node_address("http://127.0.0.1:5001").multiaddr
    '/ip4/127.0.0.1/tcp/5001/http'
    """
    if url.startswith("/"):
        return NodeAddress(url, API_PATH, None)
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError as error:
        raise InvalidSourceUrl("the IPFS node's address is not a URL") from error
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.query or parts.fragment:
        raise InvalidSourceUrl("an IPFS node's address looks like http://host:5001")
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    prefix = parts.path.strip("/").removesuffix(API_PATH).strip("/")
    base_path = f"{prefix}/{API_PATH}" if prefix else API_PATH
    return NodeAddress(f"{_host(parts.hostname)}/tcp/{port}/{parts.scheme}", base_path, auth)


def _host(name: str) -> str:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return f"/dns/{name}"
    return f"/ip{address.version}/{address}"
