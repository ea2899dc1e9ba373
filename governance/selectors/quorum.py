"""The quorum at a second of the chain's time, from the histories of supply and percentage."""

from governance.models import QuorumCheckpoint, SupplyCheckpoint
from governance.rules.states import quorum_units


def supply_at(second: int) -> int:
    """The supply of VoteTokens in force at this second, in base units."""
    checkpoint = SupplyCheckpoint.objects.filter(at__lte=second).order_by("-at").first()
    return 0 if checkpoint is None else checkpoint.units


def quorum_percent_at(second: int) -> int:
    """The quorum's percentage in force at this second."""
    checkpoint = QuorumCheckpoint.objects.filter(at__lte=second).order_by("-at").first()
    return 0 if checkpoint is None else checkpoint.percent


def quorum_at(second: int) -> int:
    """The votes that a proposal with this snapshot needs, in base units."""
    return quorum_units(supply_at(second), quorum_percent_at(second))
