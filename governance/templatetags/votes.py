"""How pages show amounts of votes."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from governance.rules.amounts import votes_number

register = template.Library()


@register.filter
def votes(units: int) -> SafeString:
    """Base units of the VoteToken as votes with at most two decimals, rounded down; exact in the title."""
    return format_html('<span title="{} base units">{}</span>', f"{int(units):,}", votes_number(units))


@register.filter
def votes_plain(units: int) -> str:
    """The same as plain text, for attributes."""
    return votes_number(units)
