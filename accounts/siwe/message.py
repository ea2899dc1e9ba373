"""One EIP-4361 message: read strictly from its text, and written back to the same text."""

from dataclasses import dataclass
from datetime import datetime

from accounts.errors import InvalidMessage
from accounts.siwe import grammar
from chain.accounts import checksum

MAX_MESSAGE_CHARS = 8192
MAX_CHAIN_ID = 2**256 - 1
HEADER_END = " wants you to sign in with your Ethereum account:"


@dataclass(frozen=True)
class SiweMessage:
    """What the wallet signed. Times are UTC instants beside the text in which they were written."""

    domain: str
    address: str
    uri: str
    chain_id: int
    nonce: str
    issued_at: datetime
    issued_at_text: str
    scheme: str | None = None
    statement: str | None = None
    version: str = "1"
    expiration_time: datetime | None = None
    expiration_time_text: str | None = None
    not_before: datetime | None = None
    not_before_text: str | None = None
    request_id: str | None = None
    resources: tuple[str, ...] | None = None

    def as_text(self) -> str:
        """The text to sign; `parse` gives this message back."""
        scheme = f"{self.scheme}://" if self.scheme else ""
        lines = [f"{scheme}{self.domain}{HEADER_END}", self.address, ""]
        if self.statement is not None:
            lines.append(self.statement)
        lines += [
            "",
            f"URI: {self.uri}",
            f"Version: {self.version}",
            f"Chain ID: {self.chain_id}",
            f"Nonce: {self.nonce}",
            f"Issued At: {self.issued_at_text}",
        ]
        if self.expiration_time_text is not None:
            lines.append(f"Expiration Time: {self.expiration_time_text}")
        if self.not_before_text is not None:
            lines.append(f"Not Before: {self.not_before_text}")
        if self.request_id is not None:
            lines.append(f"Request ID: {self.request_id}")
        if self.resources is not None:
            lines += ["Resources:", *(f"- {resource}" for resource in self.resources)]
        return "\n".join(lines)


def parse(text: str) -> SiweMessage:
    """The message in the text, read rule by rule; raises InvalidMessage naming the first wrong line."""
    if len(text) > MAX_MESSAGE_CHARS:
        raise InvalidMessage(
            f"{len(text)} characters are too many; at most {MAX_MESSAGE_CHARS} are read", line=1
        )
    lines = _Lines(text)
    scheme, domain = _read_header(lines)
    address = _read_address(lines)
    lines.take_empty("an empty line must follow the address")
    statement = _read_statement(lines)
    uri = lines.take_field("URI")
    if not grammar.is_uri(uri):
        raise lines.wrong("the URI is not one of RFC 3986")
    if lines.take_field("Version") != "1":
        raise lines.wrong("the version must be 1")
    chain_id = _read_chain_id(lines)
    nonce = lines.take_field("Nonce")
    if not grammar.NONCE.fullmatch(nonce):
        raise lines.wrong("the nonce must be at least 8 letters and digits")
    issued_at_text = lines.take_field("Issued At")
    issued_at = _instant(lines, issued_at_text)
    expiration_time_text, expiration_time = _optional_instant(lines, "Expiration Time")
    not_before_text, not_before = _optional_instant(lines, "Not Before")
    request_id = lines.take_optional("Request ID")
    if request_id is not None and not grammar.REQUEST_ID.fullmatch(request_id):
        raise lines.wrong("the request ID holds a character that is not allowed in one")
    resources = _read_resources(lines)
    lines.finish()
    return SiweMessage(
        domain=domain,
        address=address,
        uri=uri,
        chain_id=chain_id,
        nonce=nonce,
        issued_at=issued_at,
        issued_at_text=issued_at_text,
        scheme=scheme,
        statement=statement,
        expiration_time=expiration_time,
        expiration_time_text=expiration_time_text,
        not_before=not_before,
        not_before_text=not_before_text,
        request_id=request_id,
        resources=resources,
    )


class _Lines:
    """The lines of a message, taken one after another."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._at = 0

    def wrong(self, complaint: str) -> InvalidMessage:
        """The error about the line taken last."""
        return InvalidMessage(complaint, line=max(self._at, 1))

    def peek(self) -> str | None:
        return self._lines[self._at] if self._at < len(self._lines) else None

    def take(self, complaint: str) -> str:
        line = self.peek()
        self._at += 1
        if line is None:
            raise self.wrong(complaint)
        return line

    def take_empty(self, complaint: str) -> None:
        if self.take(complaint) != "":
            raise self.wrong(complaint)

    def take_field(self, name: str) -> str:
        line = self.take(f'"{name}: " is missing')
        if not line.startswith(f"{name}: "):
            raise self.wrong(f'this line must begin with "{name}: "')
        return line[len(name) + 2 :]

    def take_optional(self, name: str) -> str | None:
        line = self.peek()
        if line is None or not line.startswith(f"{name}: "):
            return None
        return self.take_field(name)

    def finish(self) -> None:
        if self.peek() is not None:
            self._at += 1
            raise self.wrong("this line is unknown, repeated, or out of order")


def _read_header(lines: _Lines) -> tuple[str | None, str]:
    header = lines.take("the message is empty")
    if not header.endswith(HEADER_END):
        raise lines.wrong(f'the first line must end with "{HEADER_END}"')
    origin = header.removesuffix(HEADER_END)
    scheme, separator, rest = origin.partition("://")
    if not separator:
        scheme, rest = "", origin
    elif not grammar.SCHEME.fullmatch(scheme):
        raise lines.wrong("the scheme before the domain is not one of RFC 3986")
    if not grammar.is_authority(rest):
        raise lines.wrong("the domain is not an authority of RFC 3986")
    return scheme or None, rest


def _read_address(lines: _Lines) -> str:
    address = lines.take("the address is missing")
    if not grammar.ADDRESS.fullmatch(address):
        raise lines.wrong('the address must be "0x" and 40 hex digits')
    if checksum(address.lower()) != address:
        raise lines.wrong("the address is not in checksum case (EIP-55)")
    return address


def _read_statement(lines: _Lines) -> str | None:
    """The statement, if there is one, and the empty line that follows in either case."""
    statement = None
    if lines.peek() != "":
        statement = lines.take("the statement is missing")
        if not grammar.STATEMENT.fullmatch(statement):
            raise lines.wrong("the statement holds a character that is not allowed in one")
    lines.take_empty("an empty line must stand before the URI")
    return statement


def _read_chain_id(lines: _Lines) -> int:
    text = lines.take_field("Chain ID")
    if not grammar.CHAIN_ID.fullmatch(text) or len(text) > 78 or int(text) > MAX_CHAIN_ID:
        raise lines.wrong("the chain ID must be a whole number")
    return int(text)


def _instant(lines: _Lines, text: str) -> datetime:
    instant = grammar.read_date_time(text)
    if instant is None:
        raise lines.wrong("the time is not one of RFC 3339")
    return instant


def _optional_instant(lines: _Lines, name: str) -> tuple[str | None, datetime | None]:
    text = lines.take_optional(name)
    return text, None if text is None else _instant(lines, text)


def _read_resources(lines: _Lines) -> tuple[str, ...] | None:
    if lines.peek() != "Resources:":
        return None
    lines.take("")
    resources: list[str] = []
    while (line := lines.peek()) is not None:
        lines.take("")
        if not line.startswith("- ") or not grammar.is_uri(line[2:]):
            raise lines.wrong('a resource must be "- " and a URI of RFC 3986')
        resources.append(line[2:])
    return tuple(resources)
