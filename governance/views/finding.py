"""Proposals by the digits in an address."""

from django.http import Http404

from common.fields import UINT256_MAX
from governance.models import Proposal
from governance.selectors.proposals import all_proposals

MAX_DIGITS = 78


def find_by_digits(proposal_id: str) -> Proposal:
    """The row of a proposal; a number too large for the chain is not found."""
    number = int(proposal_id[: MAX_DIGITS + 1])
    row = all_proposals().filter(pk=number).first() if number <= UINT256_MAX else None
    if row is None:
        raise Http404
    return row
