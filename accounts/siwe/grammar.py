"""The rules of RFC 3986 and RFC 3339 that EIP-4361 builds on, one name a rule.

Every pattern is linear: the alternatives inside a repetition never begin with the same character.
"""

import ipaddress
import re
from datetime import UTC, datetime, timedelta, timezone

_PCT = r"%[0-9A-Fa-f]{2}"
_UNRESERVED = r"A-Za-z0-9\-._~"
_SUB_DELIMS = r"!$&'()*+,;="
_GEN_DELIMS = r":/?#\[\]@"
_PCHAR = rf"(?:[{_UNRESERVED}{_SUB_DELIMS}:@]|{_PCT})"

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+\-.]*")
_USERINFO = re.compile(rf"(?:[{_UNRESERVED}{_SUB_DELIMS}:]|{_PCT})*")
_REG_NAME = re.compile(rf"(?:[{_UNRESERVED}{_SUB_DELIMS}]|{_PCT})*")
_IPV_FUTURE = re.compile(rf"[vV][0-9A-Fa-f]+\.[{_UNRESERVED}{_SUB_DELIMS}:]+")
_IPV6_LETTERS = re.compile(r"[0-9A-Fa-f:.]+")
_PORT = re.compile(r"[0-9]*")
_PATH_ABEMPTY = re.compile(rf"(?:/{_PCHAR}*)*")
_PATH_OTHER = re.compile(rf"(?:/?{_PCHAR}+(?:/{_PCHAR}*)*|/)?")
_QUERY = re.compile(rf"(?:{_PCHAR}|[/?])*")

STATEMENT = re.compile(rf"[{_UNRESERVED}{_SUB_DELIMS}{_GEN_DELIMS} ]+")
REQUEST_ID = re.compile(rf"{_PCHAR}*")
NONCE = re.compile(r"[A-Za-z0-9]{8,}")
CHAIN_ID = re.compile(r"[0-9]+")
ADDRESS = re.compile(r"0x[0-9A-Fa-f]{40}")

_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)


def is_authority(text: str) -> bool:
    """RFC 3986 `authority` with a host that is not empty."""
    userinfo, at, host_and_port = text.rpartition("@")
    if at and not _USERINFO.fullmatch(userinfo):
        return False
    if host_and_port.startswith("["):
        literal, closing, rest = host_and_port[1:].partition("]")
        port = rest.removeprefix(":")
        if not closing or (rest and not rest.startswith(":")):
            return False
        return _is_ip_literal(literal) and _is_port(port)
    host, _, port = host_and_port.partition(":")
    return bool(host) and bool(_REG_NAME.fullmatch(host)) and _is_port(port)


def is_uri(text: str) -> bool:
    """RFC 3986 `URI`: a scheme, an authority with a path or a path alone, query and fragment at will."""
    scheme, colon, rest = text.partition(":")
    if not colon or not SCHEME.fullmatch(scheme):
        return False
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    if not _QUERY.fullmatch(query) or not _QUERY.fullmatch(fragment):
        return False
    if not rest.startswith("//"):
        return bool(_PATH_OTHER.fullmatch(rest))
    authority, slash, path = rest[2:].partition("/")
    return is_authority(authority) and bool(_PATH_ABEMPTY.fullmatch(slash + path))


def read_date_time(text: str) -> datetime | None:
    """The instant of an RFC 3339 `date-time` in UTC, or None. A leap second is the next second."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction, sign, offset_hours, offset_minutes = match.groups()[6:]
    if second > 60 or int(offset_hours or 0) > 23 or int(offset_minutes or 0) > 59:
        return None
    offset = timedelta(hours=int(offset_hours or 0), minutes=int(offset_minutes or 0))
    zone = timezone(-offset if sign == "-" else offset)
    try:
        instant = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC)
        return instant + timedelta(seconds=second - min(second, 59), microseconds=_microseconds(fraction))
    except (ValueError, OverflowError):  # no such day, or an instant outside the calendar
        return None


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


def _is_ip_literal(text: str) -> bool:
    if _IPV_FUTURE.fullmatch(text):
        return True
    if not _IPV6_LETTERS.fullmatch(text):
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _is_port(text: str) -> bool:
    return bool(_PORT.fullmatch(text))
