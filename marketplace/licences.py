"""Licences by SPDX: known identifiers and expressions of them, in one spelling."""

import hashlib
import re
from functools import cache

from license_expression import ExpressionError, Licensing, get_spdx_licensing

from common.errors import InvalidInput

MAX_EXPRESSION_CHARS = 200
_CC_FLAGS = {
    "BY": "name the maker",
    "NC": "no commercial use",
    "ND": "no changed copies",
    "SA": "changed copies under the same licence",
}
_FREE = ("no conditions",)
_NOTICE = ("keep the licence's notice",)
_SHARE_ALIKE = (_CC_FLAGS["BY"], _CC_FLAGS["SA"])
_OTHER_FLAGS = {
    "CC0-1.0": _FREE,
    "PDDL-1.0": _FREE,
    "ODC-By-1.0": (_CC_FLAGS["BY"],),
    "ODbL-1.0": _SHARE_ALIKE,
    "MIT": _NOTICE,
    "Apache-2.0": _NOTICE,
}


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


def licence_flags(expression: str) -> tuple[str, ...]:
    """What one of the common data licences asks and forbids, in words; none for others and for expressions.

    >>> licence_flags("CC-BY-NC-4.0")
    ('name the maker', 'no commercial use')
    """
    if expression in _OTHER_FLAGS:
        return _OTHER_FLAGS[expression]
    if not re.fullmatch(r"CC-BY(-[A-Z]{2})*-\d\.\d", expression):
        return ()
    return tuple(words for part, words in _CC_FLAGS.items() if f"-{part}" in expression)


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()
