"""JSON from strangers.

The standard library's decoder recurses on the C stack as far as the interpreter's recursion limit, which a
library in the same process may have raised (py_ecc does): a hundred kilobytes of opening brackets then end
the process. pydantic's decoder stops at 200 levels.
"""

import sys
from typing import Any

from pydantic_core import from_json


class NotJson(ValueError):
    """The bytes are not JSON, hold a number beyond every float, or are nested deeper than any of ours."""


def strict_loads(document: bytes | str) -> Any:
    """The value in UTF-8 JSON bytes; raises `NotJson`."""
    try:
        value = from_json(document, allow_inf_nan=False)
    except ValueError as error:
        raise NotJson(str(error)) from error
    if not _is_finite(value):
        # "1e999" is well-formed, but what it is read as cannot be written as JSON again.
        raise NotJson("a number is larger than any that we keep")
    return value


def _is_finite(value: Any) -> bool:
    if isinstance(value, (float, int)):
        return abs(value) <= sys.float_info.max
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, list) or all(map(_is_finite, value))
