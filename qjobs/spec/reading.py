"""Reads JSON of strangers.

The standard library's parser follows nesting on the C stack as far as the interpreter's recursion limit,
which a library in the same process may have raised (py_ecc does): 100,000 brackets then end the process.
pydantic's parser stops at 200 levels.
"""

from typing import Any

from pydantic_core import from_json


class NotJson(ValueError):
    """The bytes are not JSON, or nested deeper than any document of ours."""


def read_json(block: bytes) -> Any:
    """The value in UTF-8 JSON bytes; raises `NotJson`."""
    try:
        return from_json(block, allow_inf_nan=False)
    except ValueError as error:
        raise NotJson(str(error)) from error
