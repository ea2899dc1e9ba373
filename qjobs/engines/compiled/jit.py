"""numba's compiler where it is installed, and its absence where it is not."""

try:
    from numba import njit
except ImportError:
    njit = None

IS_AVAILABLE = njit is not None


def compiled(function):
    """The function compiled at its first call; sums may be reordered, nothing else of IEEE arithmetic is."""
    return njit(fastmath={"contract", "reassoc", "nsz"})(function) if IS_AVAILABLE else function
