"""The doctor's look at what runs: the stack, database, queue, chain and content, embedded or given."""

import socket
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from config.stack import anvil, jsonrpc, postgres, postgres_cluster, processes
from config.stack.endpoints import Given, read_endpoints, read_json, without_secrets
from config.stack.errors import StackError
from config.stack.findings import Finding, broken, fine, note
from config.stack.guard import is_locked
from config.stack.layout import Layout

try:
    import psycopg
except ImportError:  # before set-up
    psycopg = None  # type: ignore[assignment]

DEFAULT_PORTS = {"redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671}


def stack(layout: Layout, _environ: Mapping[str, str]) -> Finding:
    process = processes.read_pid_file(layout.pid_file)
    if is_locked(layout):
        phase = read_json(layout.run_dir / "state.json").get("phase", "stopping")
        return fine("stack", f"{phase} (process {process.pid if process else '?'})")
    if layout.pid_file.exists():
        return note("stack", "it was killed; its pid file is stale and the next start clears it away")
    return fine("stack", "does not run")


def _is_ready(layout: Layout) -> bool:
    """True when a stack of this var/ has started whole, so that its parts should answer."""
    return is_locked(layout) and read_json(layout.run_dir / "state.json").get("phase") == "ready"


def database(layout: Layout, environ: Mapping[str, str]) -> Finding:
    url = Given.of(environ).database_url
    if url:
        return _given_database(url)
    try:
        cluster = postgres_cluster.cluster_of(layout)
        if not cluster.data_dir.is_dir():
            return fine("database", f"embedded PostgreSQL; the first start makes it in {cluster.data_dir}")
        place = f"embedded PostgreSQL in {cluster.data_dir}"
        if postgres.is_ready(cluster):
            return fine("database", f"{place}, answers on {cluster.socket}")
    except StackError as error:
        return broken("database", str(error))
    if _is_ready(layout):
        return note("database", f"{place}, does not answer now")
    return fine("database", f"{place}, stopped")


def _given_database(url: str) -> Finding:
    shown = without_secrets(url)
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        return broken("database", f"DATABASE_URL ({shown}) must begin with postgresql://")
    if psycopg is None:
        return note("database", f"DATABASE_URL ({shown}) is tried when the app's packages are installed")
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute("SELECT current_setting('server_version')").fetchone()
    except psycopg.Error as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        return broken("database", f"DATABASE_URL ({shown}) does not answer: {reason}")
    return fine("database", f"DATABASE_URL ({shown}), PostgreSQL {row[0] if row else '?'}")


def queue(layout: Layout, environ: Mapping[str, str]) -> Finding:
    url = Given.of(environ).broker_url
    if not url:
        return fine("queue", f"embedded, files in {layout.queue_dir}")
    parts = urlsplit(url)
    if parts.scheme in {"filesystem", "memory"}:
        return fine("queue", f"BROKER_URL ({parts.scheme})")
    address = (parts.hostname or "localhost", parts.port or DEFAULT_PORTS.get(parts.scheme, 6379))
    try:
        socket.create_connection(address, timeout=5).close()
    except OSError as error:
        return broken(
            "queue", f"BROKER_URL ({without_secrets(url)}) does not answer: {error.strerror or error}"
        )
    return fine("queue", f"BROKER_URL ({without_secrets(url)}) answers")


def chain(layout: Layout, environ: Mapping[str, str]) -> Finding:
    url = Given.of(environ).chain_rpc_url
    if not url:
        return _embedded_chain(layout)
    shown = without_secrets(url)
    wanted = environ.get("CHAIN_ID", "").strip() or str(anvil.CHAIN_ID)
    try:
        chain_id = int(jsonrpc.call(url, "eth_chainId"), 16)
        head = int(jsonrpc.call(url, "eth_blockNumber"), 16)
    except (jsonrpc.NodeAway, jsonrpc.NodeRefused, ValueError) as error:
        return broken("chain", f"CHAIN_RPC_URL ({shown}) does not answer: {error}")
    if str(chain_id) != wanted:
        return broken("chain", f"CHAIN_RPC_URL ({shown}) is chain {chain_id}, but CHAIN_ID says {wanted}")
    return fine("chain", f"CHAIN_RPC_URL ({shown}), chain {chain_id} at block {head}")


def _embedded_chain(layout: Layout) -> Finding:
    url = read_endpoints(layout).get("CHAIN_RPC_URL", "")
    if not _is_ready(layout) or not url:
        return fine("chain", "embedded Anvil, stopped")
    try:
        head = int(jsonrpc.call(url, "eth_blockNumber"), 16)
    except (jsonrpc.NodeAway, jsonrpc.NodeRefused, ValueError) as error:
        return note("chain", f"embedded Anvil ({url}) does not answer now: {error}")
    return fine("chain", f"embedded Anvil ({url}) at block {head}")


def content(layout: Layout, environ: Mapping[str, str]) -> Finding:
    url = Given.of(environ).ipfs_api_url
    if not url:
        return fine("content", f"embedded store in {environ.get('STORE_DIR') or layout.var_dir / 'store'}")
    address = kubo_http_address(url)
    if address is None:
        return broken(
            "content", f"IPFS_API_URL ({without_secrets(url)}) is neither http(s):// nor /ip4|dns4/..."
        )
    request = Request(f"{address}/api/v0/version", method="POST")  # noqa: S310 - http(s) by construction
    try:
        with urlopen(request, timeout=5) as response:  # noqa: S310
            response.read(4096)
    except (URLError, HTTPException, OSError) as error:
        shown = without_secrets(address)
        return broken("content", f"IPFS_API_URL ({shown}) does not answer: {getattr(error, 'reason', error)}")
    return fine("content", f"IPFS_API_URL ({without_secrets(address)}) answers")


def kubo_http_address(url: str) -> str | None:
    """The http(s) address of a node given as such or as a multiaddress.

    >>> kubo_http_address("/ip4/127.0.0.1/tcp/5001")
    'http://127.0.0.1:5001'
    """
    if url.startswith(("http://", "https://")):
        return url.rstrip("/").removesuffix("/api/v0")
    words = url.strip("/").split("/")
    if len(words) >= 4 and words[0] in {"ip4", "dns", "dns4"} and words[2] == "tcp" and words[3].isdigit():
        scheme = "https" if "https" in words[4:] else "http"
        return f"{scheme}://{words[1]}:{words[3]}"
    return None
