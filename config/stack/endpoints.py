"""Where the embedded parts listen, for every process of this checkout; the operator's values are not kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from config.stack.layout import Layout

REPLACEABLE = ("DATABASE_URL", "BROKER_URL", "CHAIN_RPC_URL", "IPFS_API_URL")


@dataclass(frozen=True)
class Given:
    """What the operator's environment replaces; empty text where the embedded part is used."""

    database_url: str
    broker_url: str
    chain_rpc_url: str
    ipfs_api_url: str
    site_url: str
    web_port: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Given":
        def value(name: str) -> str:
            return environ.get(name, "").strip()

        return cls(*map(value, (*REPLACEABLE, "SITE_URL", "WEB_PORT")))


def write_endpoints(layout: Layout, endpoints: Mapping[str, str]) -> None:
    """Replaces the file in one step."""
    _write_json(layout.endpoints_file, dict(endpoints))


def read_endpoints(layout: Layout) -> dict[str, str]:
    """What the last start wrote; empty where there was none."""
    return {name: str(value) for name, value in read_json(layout.endpoints_file).items()}


def read_json(file: Path) -> dict[str, object]:
    """The object in a file of ours; empty for none or a broken one."""
    try:
        written = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return written if isinstance(written, dict) else {}


def _write_json(file: Path, values: dict[str, str]) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(values, indent=1))
    draft.replace(file)


def without_secrets(url: str) -> str:
    """The address without user, password, path keys or query, fit for a screen.

    >>> without_secrets("postgresql://site:hunter2@db.example:5432/qommons?sslmode=require")
    'postgresql://db.example:5432/qommons'
    >>> without_secrets("https://node.example/v3/0123456789abcdef")
    'https://node.example/...'
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    path = parts.path
    if parts.scheme in {"http", "https", "ws", "wss"} and path.strip("/"):
        path = "/..."  # nodes and gateways take their keys in the path
    return f"{parts.scheme}://{parts.hostname or ''}{port}{path}" if parts.scheme else path
