"""Bech32 (BIP 173) without the limit on length, as age writes its keys."""

from storage.age.errors import InvalidKey

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECKSUM_SYMBOLS = 6
# Twice the longest key that there is; decoding takes time with the square of the length.
MAX_TEXT_LENGTH = 4096


def encode_bech32(prefix: str, payload: bytes) -> str:
    """Lower-case text of the payload, with its checksum.

    >>> encode_bech32("age", bytes(2))
    'age1qqqq6lrvwz'
    """
    symbols = _to_symbols(payload)
    residue = _residue(_expanded(prefix) + symbols + [0] * CHECKSUM_SYMBOLS) ^ 1
    checksum = [residue >> 5 * (CHECKSUM_SYMBOLS - 1 - at) & 31 for at in range(CHECKSUM_SYMBOLS)]
    return prefix + "1" + "".join(ALPHABET[symbol] for symbol in symbols + checksum)


def decode_bech32(text: str) -> tuple[str, bytes]:
    """The prefix in lower case and the payload. No error repeats the text, which may be a secret."""
    if len(text) > MAX_TEXT_LENGTH:
        raise InvalidKey("this is not a key: it is too long")
    if text not in {text.lower(), text.upper()}:
        raise InvalidKey("a key is all upper case or all lower case")
    prefix, separator, body = text.lower().rpartition("1")
    if not separator or not prefix or not prefix.isascii() or not prefix.isprintable():
        raise InvalidKey("this is not a key: it has no prefix")
    if len(body) < CHECKSUM_SYMBOLS:
        raise InvalidKey("the key is cut short")
    try:
        symbols = [VALUES[character] for character in body]
    except KeyError:
        # Not chained: the character is a part of what may be a secret.
        raise InvalidKey("the key holds a character that does not belong there") from None
    if _residue(_expanded(prefix) + symbols) != 1:
        raise InvalidKey("the key has a typing error: its checksum does not match")
    return prefix, _to_bytes(symbols[:-CHECKSUM_SYMBOLS])


def _residue(symbols: list[int]) -> int:
    residue = 1
    for symbol in symbols:
        top = residue >> 25
        residue = (residue & 0x1FFFFFF) << 5 ^ symbol
        for bit, term in enumerate(GENERATOR):
            if top >> bit & 1:
                residue ^= term
    return residue


def _expanded(prefix: str) -> list[int]:
    codes = prefix.encode("ascii")
    return [code >> 5 for code in codes] + [0] + [code & 31 for code in codes]


def _to_symbols(payload: bytes) -> list[int]:
    padding = -len(payload) * 8 % 5
    value = int.from_bytes(payload, "big") << padding
    count = (len(payload) * 8 + padding) // 5
    return [value >> 5 * (count - 1 - at) & 31 for at in range(count)]


def _to_bytes(symbols: list[int]) -> bytes:
    value = 0
    for symbol in symbols:
        value = value << 5 | symbol
    padding = len(symbols) * 5 % 8
    if padding >= 5 or value & ((1 << padding) - 1):
        raise InvalidKey("the key has stray bits at its end")
    return (value >> padding).to_bytes(len(symbols) * 5 // 8, "big")
