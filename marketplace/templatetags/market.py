"""How pages show amounts of payment tokens."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketplace.tokens import token_at

register = template.Library()


@register.filter
def amount(units: int | None, token_address: str) -> SafeString:
    """Base units of a token with its symbol, every digit kept; base units and token in the title."""
    if units is None:
        return format_html('<span class="muted">{}</span>', "–")
    text = token_at(token_address).text(int(units))
    return format_html(
        '<span class="amount" title="{} base units of {}">{}</span>', f"{int(units):,}", token_address, text
    )


@register.filter
def amount_text(units: int, token_address: str) -> str:
    """The same as plain text, for attributes and buttons."""
    return token_at(token_address).text(int(units))
