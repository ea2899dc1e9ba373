"""The calls of the demo member of a local chain, built in the sender's process with a key of its own."""

from chain.abi import Call
from chain.bindings import commons_governor, vote_token
from chain.deployments import address_of
from chain.models import OutboxEntry
from chain.signer import Signer
from governance.models import Vote

SENDER = "demo-member"
REASON = "A demo member of this local chain: it votes yes on what a newcomer asks it to."


def build_delegation(entry: OutboxEntry, signer: Signer) -> Call:
    """Makes the demo member's votes count, from the next proposal on."""
    return vote_token.DELEGATE.call(address_of("VoteToken"), delegatee=signer.address)


def build_vote(entry: OutboxEntry, signer: Signer) -> Call:
    """Votes for the proposal; the Governor refuses what is not open to votes, or a second vote."""
    return commons_governor.CAST_VOTE_WITH_REASON.call(
        address_of("CommonsGovernor"),
        proposalId=int(entry.payload["proposal_id"]),
        support=int(Vote.Support.FOR),
        reason=REASON,
    )
