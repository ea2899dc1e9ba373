"""How the pages show addresses, digests, times, amounts and figures; a builtin of every template."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from common import svg
from common.moments import LAST_SECOND

register = template.Library()

# How many of the smaller unit make one of the named unit.
_STEPS = ((60, "minute"), (60, "hour"), (24, "day"), (30, "month"), (12, "year"))
_LONG_HEX = re.compile(r"\b(0x[0-9a-fA-F]{20,})\b")
_JSON_ESCAPES = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@register.filter
def short(value: object) -> SafeString:
    """An address or digest as its first 6 and last 4 signs, the whole in the title."""
    text = str(value)
    if len(text) <= 13:
        return format_html('<span class="hash">{}</span>', text)
    return format_html('<abbr class="hash" title="{}">{}…{}</abbr>', text, text[:6], text[-4:])


@register.filter
def cid(value: object) -> SafeString:
    """A CID shortened in the middle, the whole in the title."""
    text = str(value)
    if len(text) <= 20:
        return format_html('<span class="hash">{}</span>', text)
    return format_html('<abbr class="hash" title="{}">{}…{}</abbr>', text, text[:10], text[-6:])


@register.filter
def short_hashes(text: str) -> SafeString:
    """A sentence in which every long hex number is shortened, the whole in its title."""
    pieces = _LONG_HEX.split(str(text))
    return format_html_join(
        "", "{}", ((short(piece) if index % 2 else piece,) for index, piece in enumerate(pieces))
    )


@register.filter
def ago(value: datetime | int | Decimal | None) -> SafeString:
    """A time relative to now, the absolute one in the title."""
    return _time(value, relative_first=True)


@register.filter
def on(value: datetime | int | Decimal | None) -> SafeString:
    """An absolute time, the relative one in the title."""
    return _time(value, relative_first=False)


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds in the two largest units that matter: "2 min 5 s"."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, last = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (last, "s")]
    return " ".join([f"{count} {unit}" for count, unit in parts if count][:2]) or "0 s"


@register.filter
def percent(share: float | None) -> str:
    """A share between 0 and 1 as a percentage with one digit."""
    return "–" if share is None else f"{100 * share:.1f} %"


@register.filter
def basis_points(parts: int) -> str:
    """Basis points as a percentage without needless digits: 250 -> "2.5 %"."""
    return f"{parts / 100:g} %"


@register.filter
def figure(value: float | str | None) -> str:
    """A number as people write it: whole ones with separators, others with at most 4 significant digits."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < 1e15):
        return f"{int(value):,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


@register.filter
def units(value: int | None, decimals: int = 18) -> str:
    """Whole base units as a decimal number, exact, without trailing noughts: 1500000 with 6 -> "1.5"."""
    if value is None:
        return "–"
    whole, part = divmod(int(value), 10**decimals)
    digits = f"{part:0{decimals}d}".rstrip("0") if decimals else ""
    return f"{whole:,}" + (f".{digits}" if digits else "")


@register.simple_tag
def histogram_url(counts: Sequence[int]) -> str:
    """A data: address of the bars of these counts."""
    return svg.data_url(svg.histogram(counts))


@register.simple_tag
def shares_url(votes_for: int, against: int, abstain: int) -> str:
    """A data: address of one bar split into for, against and abstain."""
    return svg.data_url(svg.shares(votes_for, against, abstain))


@register.filter
def json_ld(document: object) -> SafeString:
    """JSON for a data block in the page: no text inside can close the block or open a tag."""
    return mark_safe(json.dumps(document, ensure_ascii=False).translate(_JSON_ESCAPES))  # noqa: S308 (escaped above)


def _time(value: datetime | int | Decimal | None, *, relative_first: bool) -> SafeString:
    if value is None:
        return mark_safe('<span class="muted">not yet</span>')
    if isinstance(value, int | Decimal) and value > LAST_SECOND:  # anyone may write such a time on chain
        return mark_safe("<span>after the year 9999</span>")
    moment = datetime.fromtimestamp(int(value), UTC) if isinstance(value, int | Decimal) else value
    relative = _relative((moment - timezone.now()).total_seconds())
    absolute = f"{moment.astimezone(UTC):%-d %b %Y, %H:%M:%S} UTC"
    shown, title = (relative, absolute) if relative_first else (absolute, relative)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), title, shown)


def _relative(seconds: float) -> str:
    """A distance in time in words: "3 minutes ago", "in 3 minutes"."""
    count, unit = abs(seconds), "second"
    for size, next_unit in _STEPS:
        if count < size:
            break
        count, unit = count / size, next_unit
    whole = int(count)
    if whole == 0:
        return "just now"
    words = f"{whole} {unit}{'' if whole == 1 else 's'}"
    return f"{words} ago" if seconds < 0 else f"in {words}"
