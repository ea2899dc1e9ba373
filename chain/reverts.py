"""Why a contract refused, read from its revert data: a reason string (Vyper), a typed error, or a panic."""

from chain.abi import CustomError, custom_error
from chain.abi_types import hex_to_bytes
from chain.bindings.custom_errors import CUSTOM_ERRORS
from chain.errors import CallReverted, UndecodableData

_REASON = custom_error("Error(string reason)")
_PANIC = custom_error("Panic(uint256 code)")
_BY_SELECTOR: dict[bytes, CustomError] = {error.signature_hash[:4]: error for error in CUSTOM_ERRORS}
_PANICS = {
    0x01: "an assertion failed",
    0x11: "arithmetic overflow",
    0x12: "division by zero",
    0x32: "no such item",
}


def revert_of(data_hex: str | None, message: str = "") -> CallReverted:
    """The revert in words; `message` is the node's own text, used where there is no data."""
    data = _bytes_or_nothing(data_hex)
    if not data:
        return CallReverted(_node_reason(message) or "without a reason")
    try:
        if data[:4] == _REASON.signature_hash[:4]:
            return CallReverted(_REASON.decode(data)["reason"])
        if data[:4] == _PANIC.signature_hash[:4]:
            code = _PANIC.decode(data)["code"]
            return CallReverted(_PANICS.get(code, f"panic 0x{code:02x}"), custom_error="Panic")
        known = _BY_SELECTOR.get(data[:4])
        if known is not None:
            args = ", ".join(f"{name}={value}" for name, value in known.decode(data).items())
            return CallReverted(f"{known.name}({args})", custom_error=known.name)
    except UndecodableData:
        pass  # an error that only shares the selector: its bytes are all that we can say
    return CallReverted(f"error 0x{data[:68].hex()}")


def _bytes_or_nothing(data_hex: str | None) -> bytes:
    if not isinstance(data_hex, str):
        return b""
    try:
        return hex_to_bytes(data_hex)
    except UndecodableData:
        return b""


def _node_reason(message: str) -> str:
    """The reason in a node's text such as "execution reverted: market: price changed"."""
    _, found, reason = message.partition("revert")
    return reason.lstrip("ed").lstrip(": ").strip() if found else ""
