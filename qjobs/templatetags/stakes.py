"""How pages show bonds and stakes, which are all in one token."""

from django import template
from django.utils.safestring import SafeString

from chain.errors import NotDeployed
from marketplace.templatetags.market import amount
from qjobs.selectors.dispute_terms import stake_token

register = template.Library()


@register.filter
def stake(units: int | None) -> SafeString:
    """Base units of the stake token with its symbol."""
    try:
        token = stake_token().address
    except NotDeployed:
        token = ""
    return amount(units, token)
