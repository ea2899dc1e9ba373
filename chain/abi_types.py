"""The types of the ABI: parsed from readable signatures, values taken and given back in one plain form.

bytes and bytesN are "0x" hex strings, addresses are checksummed strings, integers are int, arrays are
lists, structs are dicts keyed by field name (and may be given as sequences too). A string is text, whatever
bytes its writer put there (see `chain.texts`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from eth_utils import is_address, to_checksum_address

from chain.errors import InvalidArguments, UndecodableData
from chain.texts import text_of

_TOKEN = re.compile(r"\s*([(),]|[^\s(),]+)")
_ARRAY = re.compile(r"^(.*)\[(\d*)\]$")
_FIXED_BYTES = re.compile(r"^bytes([1-9]|[12]\d|3[0-2])$")
_INTEGER = re.compile(r"^(u?)int(\d+)$")
_STRING = re.compile(r"\bstring\b")


@dataclass(frozen=True)
class Param:
    """One input, output or struct field. `kind` is the type as written, "tuple..." for structs."""

    name: str
    kind: str
    fields: tuple["Param", ...] = ()
    indexed: bool = False

    @cached_property
    def canonical(self) -> str:
        """The type as the ABI encoder and the selector know it: structs as (a,b,c)."""
        if not self.fields:
            return self.kind
        return f"({','.join(field.canonical for field in self.fields)}){self.kind.removeprefix('tuple')}"

    @cached_property
    def decoded_as(self) -> str:
        """The type to decode by: a string is read as bytes, since nothing on chain makes it UTF-8."""
        return _STRING.sub("bytes", self.canonical)

    @property
    def is_dynamic_or_struct(self) -> bool:
        """Whether an indexed value of this type is stored in a topic as a hash only."""
        return bool(self.fields) or self.kind in {"string", "bytes"} or self.kind.endswith("]")


def parse_params(text: str) -> tuple[Param, ...]:
    """The parameters of "(uint256 id, (uint64 codec, bytes32 digest) version)"; names may be missing."""
    tokens = _TOKEN.findall(text)
    params, rest = _parse_list(tokens, 0)
    if rest != len(tokens):
        raise ValueError(f"trailing text in parameters: {text}")
    return params


def _parse_list(tokens: Sequence[str], at: int) -> tuple[tuple[Param, ...], int]:
    if tokens[at] != "(":
        raise ValueError(f"expected '(' in parameters, not {tokens[at]!r}")
    at += 1
    params: list[Param] = []
    while tokens[at] != ")":
        param, at = _parse_one(tokens, at)
        params.append(param)
        if tokens[at] == ",":
            at += 1
    return tuple(params), at + 1


def _parse_one(tokens: Sequence[str], at: int) -> tuple[Param, int]:
    fields: tuple[Param, ...] = ()
    if tokens[at] == "(":
        fields, at = _parse_list(tokens, at)
        kind = "tuple"
        if tokens[at].startswith("["):
            kind, at = f"tuple{tokens[at]}", at + 1
    else:
        kind, at = tokens[at], at + 1
    words: list[str] = []
    while tokens[at] not in {",", ")"}:
        words.append(tokens[at])
        at += 1
    indexed = "indexed" in words
    names = [word for word in words if word != "indexed"]
    return Param(names[0] if names else "", kind, fields, indexed), at


def to_encoder(param: Param, value: Any) -> Any:
    """The value in the form that eth_abi takes; raises InvalidArguments naming the parameter."""
    array = _ARRAY.match(param.kind)
    if array:
        return _array_to_encoder(param, array, value)
    if param.fields:
        return _struct_to_encoder(param, value)
    if param.kind == "bytes" or _FIXED_BYTES.match(param.kind):
        return _bytes_to_encoder(param, value)
    if not _fits_plain(param.kind, value):
        raise _misfit(param, value)
    return value


def from_word(param: Param, word: bytes) -> Any:
    """The value of one 32-byte topic; of text, bytes, arrays and structs only the hash stands there."""
    number = int.from_bytes(word, "big")
    kind = "bytes32" if param.is_dynamic_or_struct else param.kind
    if kind == "address" and number < 2**160:
        return _checksum(word[12:])
    if kind == "bool" and number < 2:
        return bool(number)
    fixed = _FIXED_BYTES.match(kind)
    if fixed and not any(word[int(fixed.group(1)) :]):
        return "0x" + word[: int(fixed.group(1))].hex()
    signed = number - 2**256 if kind.startswith("int") and number >= 2**255 else number
    if _fits_integer(kind, signed):
        return signed
    raise UndecodableData(f"a topic of {param.name} does not hold {param.canonical}")


def from_encoder(param: Param, value: Any) -> Any:
    """The value that eth_abi gave, in our plain form."""
    array = _ARRAY.match(param.kind)
    if array:
        item = Param(param.name, array.group(1), param.fields)
        return [from_encoder(item, inner) for inner in value]
    if param.fields:
        return {
            field.name: from_encoder(field, inner) for field, inner in zip(param.fields, value, strict=True)
        }
    if param.kind == "address":
        return _checksum(value)
    if param.kind == "string":
        return text_of(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value


def hex_to_bytes(text: str) -> bytes:
    """The bytes of an "0x" hex string."""
    if not text.startswith("0x"):
        raise UndecodableData(f"hex must begin with 0x: {text[:20]!r}")
    try:
        return bytes.fromhex(text[2:])
    except ValueError as error:
        raise UndecodableData(f"not hex: {text[:20]!r}") from error


@lru_cache(maxsize=4096)
def _checksum(address: str | bytes) -> str:
    """Checksum case costs a hash, and a chain's logs name few addresses again and again."""
    return str(to_checksum_address(address))


def _array_to_encoder(param: Param, array: re.Match[str], value: Any) -> list[Any]:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise _misfit(param, value)
    if array.group(2) and len(value) != int(array.group(2)):
        raise _misfit(param, value)
    item = Param(param.name, array.group(1), param.fields)
    return [to_encoder(item, inner) for inner in value]


def _struct_to_encoder(param: Param, value: Any) -> tuple[Any, ...]:
    if isinstance(value, Mapping):
        names = [field.name for field in param.fields]
        if set(value) != set(names):
            raise InvalidArguments(f"{param.name} needs the fields {', '.join(names)}", field=param.name)
        value = [value[name] for name in names]
    elif isinstance(value, str | bytes) or not isinstance(value, Sequence) or len(value) != len(param.fields):
        raise _misfit(param, value)
    return tuple(to_encoder(field, inner) for field, inner in zip(param.fields, value, strict=True))


def _bytes_to_encoder(param: Param, value: Any) -> bytes:
    if isinstance(value, str):
        try:
            value = hex_to_bytes(value)
        except UndecodableData as error:
            raise _misfit(param, value) from error
    if not isinstance(value, bytes):
        raise _misfit(param, value)
    fixed = _FIXED_BYTES.match(param.kind)
    if fixed and len(value) != int(fixed.group(1)):
        raise _misfit(param, value)
    return value


def _fits_plain(kind: str, value: Any) -> bool:
    if kind == "address":
        return isinstance(value, str) and value.startswith("0x") and is_address(value)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "string":
        return isinstance(value, str)
    return _fits_integer(kind, value)


def _fits_integer(kind: str, value: Any) -> bool:
    match = _INTEGER.match(kind)
    if not match or isinstance(value, bool) or not isinstance(value, int):
        return False
    bits = int(match.group(2))
    if match.group(1):
        return 0 <= value < 2**bits
    return -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)


def _misfit(param: Param, value: Any) -> InvalidArguments:
    return InvalidArguments(
        f"{param.name or 'argument'} does not fit {param.canonical}: {str(value)[:80]}",
        field=param.name or None,
    )
