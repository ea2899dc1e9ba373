"""JSON from strangers.

The standard library's decoder recurses on the C stack as far as the interpreter's recursion limit, which a
library in the same process may have raised (py_ecc does): a hundred kilobytes of opening brackets then end the
process. pydantic's decoder stops at 200 levels.
"""

from typing import Any

from pydantic_core import from_json


class NotJson(ValueError):
    """The bytes are not JSON, hold NaN or infinity, or are nested deeper than any document of ours."""


def strict_loads(document: bytes | str) -> Any:
    """The value in UTF-8 JSON bytes; raises `NotJson`."""
    try:
        return from_json(document, allow_inf_nan=False)
    except ValueError as error:
        raise NotJson(str(error)) from error
