"""Where the signed-in member stands with one proposal: what its vote weighs, what it voted, what it lacks."""

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.selectors import wallet_of
from governance.models import Vote
from governance.selectors.members import MemberView, power_at, view_member
from governance.selectors.proposals import ProposalView
from governance.selectors.relays import Relay, relay_of


@dataclass(frozen=True)
class Standing:
    """A member before one proposal. Votes in base units; no member is a visitor."""

    member: MemberView | None
    power: int = 0
    vote: Vote | None = None
    is_proposer: bool = False
    relay: Relay | None = None

    @property
    def must_delegate(self) -> bool:
        """Whether the member holds votes that count nowhere yet."""
        return self.member is not None and self.member.balance > 0 and self.member.delegate is None

    @property
    def came_late(self) -> bool:
        """Whether the member has votes now that it had not at the snapshot."""
        return self.member is not None and self.power == 0 and self.member.power > 0


def standing_of(request: HttpRequest, view: ProposalView) -> Standing:
    """The signed-in wallet's standing; power is as at the snapshot, or as now where that is yet to come."""
    wallet = wallet_of(request.user)
    if wallet is None:
        return Standing(None)
    proposal = view.proposal
    return Standing(
        member=view_member(wallet),
        power=power_at(wallet, min(proposal.snapshot_at, view.chain_time)),
        vote=Vote.objects.filter(pk=Vote.key_of(int(proposal.proposal_id), wallet)).first(),
        is_proposer=proposal.proposer == wallet,
        relay=relay_of(int(proposal.proposal_id), wallet),
    )
