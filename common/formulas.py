"""Text for a cell of a spreadsheet."""

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def without_formula(text: str) -> str:
    """The text as a spreadsheet shows it and never computes it (a leading apostrophe makes it text).

    >>> without_formula("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(SIGNS) else text
