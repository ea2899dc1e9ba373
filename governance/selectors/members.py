"""What a member holds, may do, and is missing."""

from dataclasses import dataclass

from governance.models import Delegation, PowerCheckpoint, VoteBalance, VotingPower
from governance.selectors.settings import setting

DELEGATE_FIRST = "You hold votes, but they count only once delegated: to yourself or to somebody you trust."
NO_VOTES = "This account holds no votes and none are delegated to it."


@dataclass(frozen=True)
class MemberView:
    """A member now. All amounts in base units of the VoteToken."""

    address: str
    balance: int
    power: int
    delegate: str | None
    delegators: int
    threshold: int

    @property
    def can_propose(self) -> bool:
        return self.power >= self.threshold and self.power > 0

    @property
    def hint(self) -> str | None:
        """What the member should do first, in words; None where nothing is missing."""
        if self.power > 0:
            return None
        return DELEGATE_FIRST if self.balance > 0 and self.delegate is None else NO_VOTES


def view_member(address: str) -> MemberView:
    """A member by address; one that nobody knows holds nothing."""
    balance = VoteBalance.objects.filter(pk=address).first()
    delegation = Delegation.objects.filter(pk=address).first()
    return MemberView(
        address=address,
        balance=0 if balance is None else balance.units,
        power=power_now(address),
        delegate=None if delegation is None else delegation.delegate,
        delegators=Delegation.objects.filter(delegate=address).count(),
        threshold=setting("proposal_threshold"),
    )


def power_now(address: str) -> int:
    """The votes that this account may cast on a proposal whose snapshot is yet to come."""
    power = VotingPower.objects.filter(pk=address).first()
    return 0 if power is None else power.units


def power_at(address: str, second: int) -> int:
    """The votes that this account may cast on a proposal with this snapshot."""
    checkpoint = PowerCheckpoint.objects.filter(account=address, at__lte=second).order_by("-at").first()
    return 0 if checkpoint is None else checkpoint.units
