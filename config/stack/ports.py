"""Ports on this machine's loopback address."""

import socket

from config.stack.errors import PortTaken, StackError

HOST = "127.0.0.1"
WEB_PORT = 8000
RELEASE_PORT = 8010


def is_free(port: int) -> bool:
    """True when nothing listens on the port and we may listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def unused_port() -> int:
    """A port that the kernel says is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def choose_port(wanted: int, part: str, attempts: int = 20) -> int:
    """The wanted port or the next free one above it; PortTaken where all of them are in use."""
    for port in range(wanted, wanted + attempts):
        if is_free(port):
            return port
    raise PortTaken(f"ports {wanted} to {wanted + attempts - 1} are all in use; {part} needs one of them")


def choose_web_port(wanted: str) -> tuple[int, str | None]:
    """WEB_PORT exactly where it is given, else 8000 or the next free one, and what to tell about it."""
    if not wanted:
        port = choose_port(WEB_PORT, "the site")
        return (
            port,
            None
            if port == WEB_PORT
            else f"port {WEB_PORT} is in use by another program; the site uses {port}",
        )
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        raise StackError(f"WEB_PORT must be a port number, not {wanted!r}")
    if not is_free(int(wanted)):
        raise PortTaken(f"port {wanted} (WEB_PORT) is in use by another program; choose another")
    return int(wanted), None
