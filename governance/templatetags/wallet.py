"""What the wallet's module reads from every page: the chain, and how to add it."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
LOCAL_CHAIN_NAME = "Qommons local chain"


@register.simple_tag
def wallet_chain() -> SafeString:
    """Attributes of the chain. Only a local node's address is told: another one's may hold a key."""
    name = LOCAL_CHAIN_NAME if settings.IS_LOCAL_CHAIN else f"chain {settings.CHAIN_ID}"
    rpc_url = settings.CHAIN_RPC_URL if settings.IS_LOCAL_CHAIN else ""
    return format_html(
        'data-chain-id="{}" data-chain-name="{}" data-rpc-url="{}"', settings.CHAIN_ID, name, rpc_url
    )
