"""How pages show amounts of votes."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
_DECIMALS = 18
_SHOWN_DECIMALS = 2


@register.filter
def votes(units: int) -> SafeString:
    """Base units of the VoteToken as votes with at most two decimals, rounded down; exact in the title."""
    whole, part = divmod(int(units), 10**_DECIMALS)
    shown = f"{part // 10 ** (_DECIMALS - _SHOWN_DECIMALS):02d}".rstrip("0")
    is_tiny = not whole and not shown and part
    text = "under 0.01" if is_tiny else f"{whole:,}" + (f".{shown}" if shown else "")
    return format_html('<span title="{} base units">{}</span>', f"{int(units):,}", text)


@register.filter
def votes_plain(units: int) -> str:
    """The same as plain text, for attributes."""
    return f"{int(units) / 10**_DECIMALS:,.2f}"
