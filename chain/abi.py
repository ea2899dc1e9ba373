"""Functions, events and errors of contracts, as pure values: no node, no settings.

>>> transfer = function("transfer(address to, uint256 value) returns (bool)")
>>> transfer.selector
'0xa9059cbb'
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eth_abi import decode as abi_decode
from eth_abi import encode as abi_encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_hash.auto import keccak

from chain.abi_types import Param, from_encoder, from_word, hex_to_bytes, parse_params, to_encoder
from chain.errors import InvalidArguments, UndecodableData


@dataclass(frozen=True)
class Call:
    """What a transaction does: to whom, with which bytes, carrying how many wei."""

    to: str
    data: bytes
    value: int = 0

    @property
    def data_hex(self) -> str:
        return "0x" + self.data.hex()


@dataclass(frozen=True)
class _Signed:
    """A name with inputs: what functions, events and errors have in common."""

    name: str
    inputs: tuple[Param, ...]

    @cached_property
    def signature(self) -> str:
        """The canonical text that is hashed: "transfer(address,uint256)"."""
        return f"{self.name}({','.join(param.canonical for param in self.inputs)})"

    @cached_property
    def signature_hash(self) -> bytes:
        return bytes(keccak(self.signature.encode()))


@dataclass(frozen=True)
class Function(_Signed):
    """One external function of a contract."""

    outputs: tuple[Param, ...] = ()

    @cached_property
    def selector(self) -> str:
        return "0x" + self.signature_hash[:4].hex()

    def encode(self, **args: Any) -> bytes:
        """The calldata, selector included. A Python keyword is given with an underscore: `from_=`.

        Raises InvalidArguments naming the argument that is missing, unknown or does not fit.
        """
        return self.signature_hash[:4] + _encode(self.inputs, self._in_order(args))

    def call(self, contract: str | None = None, /, **args: Any) -> Call:
        """The call of this function at `contract`.

        The address comes first; it may be named `to=` where the function itself has no input of that name.
        """
        if contract is None:
            if any(param.name == "to" for param in self.inputs):
                raise InvalidArguments(f"{self.name} has its own `to`: give the contract's address first")
            contract = args.pop("to", None)
        if not isinstance(contract, str):
            raise InvalidArguments(f"{self.name} needs the address of a contract", field="to")
        return Call(to=contract, data=self.encode(**args))

    def decode_input(self, data: bytes) -> dict[str, Any]:
        """The named arguments of calldata; raises UndecodableData unless it encodes to these very bytes."""
        if data[:4] != self.signature_hash[:4]:
            raise UndecodableData(f"not a call of {self.name}")
        values = _decode(self.inputs, data[4:])
        if _encode(self.inputs, values) != data[4:]:
            raise UndecodableData(f"call of {self.name} carries bytes beside its arguments")
        return {param.name: value for param, value in zip(self.inputs, values, strict=True)}

    def decode_output(self, data: bytes) -> Any:
        """What the call gave back: None, the one value, or a tuple in order where there are several."""
        values = _decode(self.outputs, data)
        if not values:
            return None
        return values[0] if len(values) == 1 else tuple(values)

    def _in_order(self, args: Mapping[str, Any]) -> list[Any]:
        given = {name.removesuffix("_"): value for name, value in args.items()}
        names = [param.name for param in self.inputs]
        missing = [name for name in names if name not in given]
        unknown = [name for name in given if name not in names]
        if missing or unknown:
            raise InvalidArguments(
                f"{self.name} takes {', '.join(names) or 'nothing'}"
                + (f"; missing: {', '.join(missing)}" if missing else "")
                + (f"; unknown: {', '.join(unknown)}" if unknown else "")
            )
        return [given[name] for name in names]


@dataclass(frozen=True)
class Event(_Signed):
    """One event of a contract."""

    @cached_property
    def topic(self) -> str:
        return "0x" + self.signature_hash.hex()

    def decode(self, topics: Sequence[str], data: bytes) -> dict[str, Any]:
        """The named arguments of a log; an indexed string, bytes or array is its hash, as on chain."""
        indexed, plain = self._indexed, self._plain
        if not topics or topics[0] != self.topic or len(topics) != 1 + len(indexed):
            raise UndecodableData(f"not a log of {self.name}")
        args: dict[str, Any] = {
            param.name: from_word(param, hex_to_bytes(topic))
            for param, topic in zip(indexed, topics[1:], strict=True)
        }
        args.update({param.name: value for param, value in zip(plain, _decode(plain, data), strict=True)})
        return {param.name: args[param.name] for param in self.inputs}

    @cached_property
    def _indexed(self) -> tuple[Param, ...]:
        return tuple(param for param in self.inputs if param.indexed)

    @cached_property
    def _plain(self) -> tuple[Param, ...]:
        return tuple(param for param in self.inputs if not param.indexed)


@dataclass(frozen=True)
class CustomError(_Signed):
    """One typed error of a Solidity contract."""

    @cached_property
    def selector(self) -> str:
        return "0x" + self.signature_hash[:4].hex()

    def decode(self, data: bytes) -> dict[str, Any]:
        """The named arguments of revert data."""
        if data[:4] != self.signature_hash[:4]:
            raise UndecodableData(f"not an error {self.name}")
        values = _decode(self.inputs, data[4:])
        return {param.name: value for param, value in zip(self.inputs, values, strict=True)}


def function(text: str) -> Function:
    """A function from its signature: "buy(uint256 listing_id) returns (uint256)"."""
    name, inputs, outputs = _split(text)
    return Function(name, parse_params(inputs), parse_params(outputs) if outputs else ())


def event(text: str) -> Event:
    """An event from its signature: "Transfer(address indexed from, address indexed to, uint256 value)"."""
    name, inputs, _ = _split(text)
    return Event(name, parse_params(inputs))


def custom_error(text: str) -> CustomError:
    """A typed error from its signature."""
    name, inputs, _ = _split(text)
    return CustomError(name, parse_params(inputs))


def functions_in(module_globals: Mapping[str, Any]) -> tuple[Function, ...]:
    """Every function that a binding module declares, in its order."""
    return tuple(value for value in module_globals.values() if isinstance(value, Function))


def events_in(module_globals: Mapping[str, Any]) -> tuple[Event, ...]:
    """Every event that a binding module declares, in its order."""
    return tuple(value for value in module_globals.values() if isinstance(value, Event))


def short_name(name: str) -> str:
    """A short ASCII name as bytes32, left-aligned and zero-padded: how "qsvm" stands on chain."""
    raw = name.encode("ascii", errors="replace")
    if not name.isascii() or not 1 <= len(raw) <= 32 or b"\0" in raw:
        raise InvalidArguments(f"a short name is 1 to 32 ASCII characters: {name!r}")
    return "0x" + raw.ljust(32, b"\0").hex()


def name_of(word: str) -> str:
    """The short name that a bytes32 holds; raises UndecodableData where it holds none."""
    raw = hex_to_bytes(word)
    text = raw.rstrip(b"\0")
    if len(raw) != 32 or not text or b"\0" in text or not text.isascii():
        raise UndecodableData(f"not a short name: {word}")
    return text.decode("ascii")


def short_or_hex(word: str) -> str:
    """The short name in a bytes32; bytes that hold none stay hex, so that a reader sees them."""
    try:
        return name_of(word)
    except UndecodableData:
        return word


def address_word(address: str) -> str:
    """An address as bytes32, padded on the left: how ParameterBook lists payment tokens."""
    return "0x" + hex_to_bytes(address).rjust(32, b"\0").hex()


def keccak_hex(content: bytes) -> str:
    """keccak-256 as "0x" hex."""
    return "0x" + keccak(content).hex()


def _split(text: str) -> tuple[str, str, str | None]:
    name, _, rest = " ".join(text.split()).partition("(")
    inputs, arrow, outputs = f"({rest}".partition(" returns ")
    if not name.isidentifier() or not inputs.endswith(")"):
        raise ValueError(f"not a signature: {text}")
    return name, inputs, outputs if arrow else None


def _encode(params: Sequence[Param], values: Sequence[Any]) -> bytes:
    try:
        return abi_encode(
            [param.canonical for param in params],
            [to_encoder(param, value) for param, value in zip(params, values, strict=True)],
        )
    except EncodingError as error:
        raise InvalidArguments(f"the arguments cannot be encoded: {error}") from error


def _decode(params: Sequence[Param], data: bytes) -> list[Any]:
    try:
        values = abi_decode([param.decoded_as for param in params], data)
    except (DecodingError, OverflowError) as error:
        raise UndecodableData(
            f"the bytes do not fit {', '.join(param.canonical for param in params)}"
        ) from error
    return [from_encoder(param, value) for param, value in zip(params, values, strict=True)]
