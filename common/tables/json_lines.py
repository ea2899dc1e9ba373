"""JSON lines: one flat object a line. A key that a row lacks is missing there; numbers keep their digits."""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from common.tables.errors import TableRefused
from common.tables.limits import TableLimits
from common.tables.rules import check_column_names

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HARMLESS_BRACKETS = 100
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"')


def read_json_names(stream: BinaryIO, limits: TableLimits) -> list[str]:
    """The keys of all rows in the order in which they first come; raises TableRefused."""
    names: dict[str, None] = {}
    for row in _objects(stream, limits):
        names.update(dict.fromkeys(row))
        if len(names) > limits.columns:
            break
    if not names:
        raise TableRefused("no_rows", "no line holds an object with a key")
    check_column_names(list(names), limits)
    return list(names)


def read_json_rows(stream: BinaryIO, names: list[str], limits: TableLimits) -> Iterator[list[str]]:
    """Each row's cells in the order of the names."""
    for row in _objects(stream, limits):
        yield [row.get(name, "") for name in names]


def _objects(stream: BinaryIO, limits: TableLimits) -> Iterator[dict[str, str]]:
    stream.seek(0)
    number = 0
    while line := stream.readline(limits.line_bytes + 1):
        number += 1
        if len(line) > limits.line_bytes:
            raise TableRefused(
                "line_too_long",
                f"line {number:,} has more than {limits.line_bytes:,} bytes, which is the limit",
            )
        text = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        if text.strip():
            yield _object(text, number)


def _object(line: bytes, number: int) -> dict[str, str]:
    if _brackets(line) > HARMLESS_BRACKETS and _brackets(_STRINGS.sub(b"", line)) > HARMLESS_BRACKETS:
        # Before it is parsed: a parser that recurses may end the whole process.
        raise TableRefused("nested_value", f"line {number:,} holds lists in lists; cells are single values")
    try:
        row = _DECODER.decode(line.decode())
        if b"\\u" in line:
            # Half of a surrogate pair is no text: nothing could keep it or show it.
            "".join([*row, *row.values()]).encode()
    except (UnicodeError, ValueError) as error:
        raise TableRefused("malformed_json", f"line {number:,} is not one well-formed JSON object") from error
    except _Refused as refused:
        raise TableRefused(refused.code, f"line {number:,}: {refused.words}") from refused
    if not isinstance(row, dict):
        raise TableRefused("malformed_json", f"line {number:,} is not a JSON object")
    return row


def _brackets(line: bytes) -> int:
    return line.count(b"[") + line.count(b"{")


class _Refused(Exception):
    """One line breaks a rule."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


def _flat(pairs: list[tuple[str, Any]]) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in pairs:
        if name in row:
            raise _Refused("duplicate_column", f'the key "{name[:60]}" stands twice')
        row[name] = _cell(name, value)
    return row


def _cell(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    raise _Refused("nested_value", f'"{name[:60]}" holds a list or an object; cells are single values')


def _no_constant(name: str) -> NoReturn:
    raise _Refused("malformed_json", f"{name} is no JSON; write null for what is missing")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_flat, parse_int=str, parse_float=str, parse_constant=_no_constant
)
