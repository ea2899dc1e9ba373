"""Sizes in bytes, and in words."""

AMPLITUDE_BYTES = 16
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def state_bytes(qubits: int) -> int:
    """Bytes of one state of complex128 amplitudes.

    >>> state_bytes(10)
    16384
    """
    return AMPLITUDE_BYTES << min(max(qubits, 0), 4096)


def bytes_in_words(size: int) -> str:
    """A size with three figures in the largest unit that keeps it at 1 or more.

    >>> bytes_in_words(2**44)
    '16 TiB'
    """
    unit = min(max(size.bit_length() - 1, 0) // 10, len(UNITS) - 1)
    if size.bit_length() > 200:
        return f"about 2**{size.bit_length() - 1} bytes"
    return f"{size / 1024**unit:.3g} {UNITS[unit]}"
