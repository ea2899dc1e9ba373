"""JSON from strangers: refused when it is nested deeper than any honest document.

Python's decoder recurses. Some of our dependencies raise the interpreter's recursion limit so far that a
hundred kilobytes of opening brackets overflow the C stack and kill the process: no RecursionError comes.
"""

import json
import re
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MAX_DEPTH = 64
# A string (closed or not) as one match, or a bracket outside strings; possessive, so linear in the input.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def strict_loads(document: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """The document's value; raises ValueError where it is no JSON, holds NaN, or is nested too deep."""
    if is_deeper_than(document, max_depth):
        raise ValueError(f"the JSON is nested deeper than {max_depth} levels")
    return json.loads(document, parse_constant=_refuse_constant)


def is_deeper_than(document: bytes, max_depth: int) -> bool:
    """Whether arrays and objects are nested deeper than this, told without recursion."""
    depth = 0
    for match in _TOKEN.finditer(document):
        token = match[0][:1]
        if token in b"[{":
            depth += 1
            if depth > max_depth:
                return True
        elif token in b"]}":
            depth -= 1
    return False


class StrictJSONParser(JSONParser):
    """REST framework's JSON parser behind the depth check."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return strict_loads(stream.read())
        except ValueError as error:
            raise ParseError(f"The body is not JSON that we read: {error}") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
