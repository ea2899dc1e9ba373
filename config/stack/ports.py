"""Ports on this machine's loopback address."""

import socket

from config.stack.errors import PortTaken

HOST = "127.0.0.1"


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
