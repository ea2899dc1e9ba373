"""What is on chain, as the pages show it: an account with its picture, a transaction, a block; a builtin."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import explorer, svg
from common.identicon import identicon
from common.templatetags.qommons import figure, short

register = template.Library()


@register.filter
def account(address: object) -> SafeString:
    """An address: picture, first and last signs, the whole on hover and to copy, a link to the explorer."""
    text = str(address or "")
    if not text:
        return format_html('<span class="muted">{}</span>', "–")
    picture = format_html(
        '<img class="identicon" src="{}" alt="" width="16" height="16">', svg.data_url(identicon(text))
    )
    shown = _linked(short(text), explorer.address_url(text))
    return format_html('<span class="account">{}{}{}</span>', picture, shown, _copy(text, "address"))


@register.filter
def transaction(tx_hash: object) -> SafeString:
    """A transaction's hash: short, to copy, linked where there is an explorer."""
    text = str(tx_hash or "")
    if not text:
        return format_html('<span class="muted">{}</span>', "–")
    shown = _linked(short(text), explorer.transaction_url(text))
    return format_html('<span class="account">{}{}</span>', shown, _copy(text, "transaction hash"))


@register.filter
def block(number: int | None) -> SafeString:
    """A block's number, linked where there is an explorer."""
    if number is None:
        return format_html('<span class="muted">{}</span>', "–")
    return _linked(format_html("{}", figure(int(number))), explorer.block_url(int(number)))


def _linked(shown: SafeString, url: str) -> SafeString:
    return format_html('<a href="{}" rel="noopener external">{}</a>', url, shown) if url else shown


def _copy(text: str, what: str) -> SafeString:
    return format_html(
        '<button type="button" class="copy" data-do="copy" data-copy="{}" aria-label="Copy the {}"></button>',
        text,
        what,
    )
