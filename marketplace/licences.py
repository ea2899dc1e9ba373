"""Licences by SPDX: known identifiers and expressions of them, in one spelling."""

import hashlib
from functools import cache

from license_expression import ExpressionError, Licensing, get_spdx_licensing

from common.errors import InvalidInput

MAX_EXPRESSION_CHARS = 200


def read_licence(text: str) -> str:
    """The SPDX expression in its normal spelling; raises InvalidInput for what SPDX does not know.

    >>> read_licence("cc-by-4.0 or mit")
    'CC-BY-4.0 OR MIT'
    """
    if not text.strip() or len(text) > MAX_EXPRESSION_CHARS or not text.isprintable():
        raise InvalidInput("name the licence by its SPDX identifier, such as CC-BY-4.0", field="licence")
    try:
        parsed = _spdx().parse(text, validate=True, strict=True)
    except (ExpressionError, RecursionError) as error:
        raise InvalidInput(
            f'"{text[:60]}" is no SPDX licence: use an identifier such as CC-BY-4.0', field="licence"
        ) from error
    return str(parsed.render())


def licence_hash(expression: str) -> str:
    """What stands on chain for a licence: the sha-256 of its SPDX expression's text, as 0x hex."""
    return "0x" + hashlib.sha256(expression.encode()).hexdigest()


def spdx_page(expression: str) -> str | None:
    """The page of a single licence at spdx.org; None for an expression of several."""
    return None if " " in expression else f"https://spdx.org/licenses/{expression}.html"


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()
