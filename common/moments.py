"""Times of the chain in words, for what people read before they sign."""

from datetime import UTC, datetime

LAST_SECOND = 253_402_300_799  # 9999-12-31 23:59:59 UTC, the last that datetime can hold


def moment_text(second: int) -> str:
    """Unix seconds as a date in UTC.

    >>> moment_text(1_800_000_000)
    '15 Jan 2027, 08:00:00 UTC'
    """
    if second > LAST_SECOND:
        return "after the year 9999"
    return f"{datetime.fromtimestamp(second, UTC):%-d %b %Y, %H:%M:%S} UTC"


def duration_text(seconds: int) -> str:
    """Whole seconds in the two largest units that matter.

    >>> duration_text(90_061)
    '1 d 1 h'
    """
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, last = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (last, "s")]
    return " ".join([f"{count} {unit}" for count, unit in parts if count][:2]) or "0 s"
