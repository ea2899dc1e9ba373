"""Unsigned LEB128 integers, as in multiformats and protocol buffers: shortest form only, at most 63 bits."""

from storage.errors import MalformedBlock

MAX_BYTES = 9


def encode_varint(value: int) -> bytes:
    """The shortest bytes of `value`."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def decode_varint(source: bytes, at: int) -> tuple[int, int]:
    """The integer that starts at `at`, and the position after it."""
    if at < len(source) and source[at] < 0x80:
        return source[at], at + 1
    value = 0
    for count in range(MAX_BYTES):
        if at + count >= len(source):
            raise MalformedBlock("the bytes end inside a number")
        byte = source[at + count]
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            if byte == 0 and count > 0:
                raise MalformedBlock("a number is not in its shortest form")
            return value, at + count + 1
    raise MalformedBlock("a number is longer than 63 bits")
