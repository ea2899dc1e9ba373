"""Strings of the chain as text. A contract takes any bytes for a string; a database takes only clean UTF-8.

What is no clean text stands as private-use characters, one a byte, so that nothing that anybody writes on
chain stops a reader, and no byte is lost: a proposal is known by the hash of its description's very bytes.
"""

_FIRST = 0x10FE00
_OURS = range(_FIRST, _FIRST + 256)


def text_of(raw: bytes) -> str:
    """The text in a string's bytes: never a NUL or half a surrogate pair, which PostgreSQL refuses.

    >>> text_of("Grüße".encode())
    'Grüße'
    >>> len(text_of(b"a\\x00\\xff"))
    3
    """
    return "".join(_plain(character) for character in raw.decode("utf-8", errors="surrogateescape"))


def bytes_of(text: str) -> bytes:
    """The bytes that `text_of` was given.

    >>> bytes_of(text_of(b"a\\x00\\xff"))
    b'a\\x00\\xff'
    """
    return b"".join(
        bytes([ord(character) - _FIRST]) if ord(character) in _OURS else character.encode()
        for character in text
    )


def _plain(character: str) -> str:
    point = ord(character)
    if point == 0 or point in _OURS:
        return "".join(chr(_FIRST + byte) for byte in character.encode())
    if 0xDC80 <= point <= 0xDCFF:
        return chr(_FIRST + point - 0xDC00)
    return character
