"""Amounts in words. Base units are whole numbers; a decimal point exists only in what a person reads."""


def amount_text(units: int, decimals: int | None, symbol: str | None) -> str:
    """The amount as a person reads it, every digit kept.

    >>> amount_text(25_500_000, 6, "TUSD")
    '25.5 TUSD'
    >>> amount_text(7, None, None)
    '7 base units'
    """
    if decimals is None or symbol is None:
        return f"{units} base units"
    whole, fraction = divmod(units, 10**decimals)
    digits = str(fraction).rjust(decimals, "0").rstrip("0") if decimals else ""
    return f"{whole:,}{'.' + digits if digits else ''} {symbol}"


def decimal_text(units: int, decimals: int) -> str:
    """The amount as a plain decimal number for machines, every digit kept.

    >>> decimal_text(1_025_500_000, 6)
    '1025.5'
    """
    whole, fraction = divmod(units, 10**decimals)
    digits = str(fraction).rjust(decimals, "0").rstrip("0") if decimals else ""
    return f"{whole}{'.' + digits if digits else ''}"


def split_by_parts(amount: int, parts: list[int]) -> list[int]:
    """One amount a part of 10,000, rounded down; the last takes what rounding leaves, as the contract does.

    >>> split_by_parts(100, [3333, 3333, 3334])
    [33, 33, 34]
    """
    shares = [amount * part // 10_000 for part in parts[:-1]]
    return [*shares, amount - sum(shares)] if parts else []
