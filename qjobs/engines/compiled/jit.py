"""numba's compiler where it is installed, and its absence where it is not."""

from collections.abc import Callable
from typing import Any

try:
    import numba
except ImportError:
    numba = None  # type: ignore[assignment]

IS_AVAILABLE = numba is not None


def compiled(function: Callable) -> Any:
    """The function compiled at its first call; sums may be reordered, nothing else of IEEE arithmetic is."""
    return numba.njit(fastmath={"contract", "reassoc", "nsz"})(function) if IS_AVAILABLE else function


def compiled_strictly(function: Callable) -> Any:
    """As `compiled`, with sums kept in their order, where a rounding error is what is being computed."""
    return numba.njit(fastmath={"contract"})(function) if IS_AVAILABLE else function
