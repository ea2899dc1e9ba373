"""Engines by the name that a spec and the chain give them."""

from collections.abc import Callable, Mapping

from qjobs.engines.protocol import Engine
from qjobs.engines.statevector import StatevectorEngine

ENGINES: Mapping[str, Callable[[int | None], Engine]] = {"statevector": StatevectorEngine}


def open_engine(name: str, memory_limit_bytes: int | None = None) -> Engine:
    """The engine of that name; kernels over the memory limit are refused before they start."""
    return ENGINES[name](memory_limit_bytes)
