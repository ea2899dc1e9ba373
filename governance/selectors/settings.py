"""The rules of the vote in force."""

from dataclasses import dataclass

from governance.models import GovernorSetting
from governance.selectors.clock import chain_time
from governance.selectors.quorum import quorum_at, quorum_percent_at, supply_at


@dataclass(frozen=True)
class GovernanceView:
    """Durations in seconds, votes in base units."""

    total_supply: int
    quorum: int
    quorum_percent: int
    threshold: int
    voting_delay: int
    voting_period: int
    late_quorum_extension: int
    timelock_delay: int
    chain_time: int


def setting(name: str) -> int:
    """One setting of the Governor or the Timelock; 0 before its event is indexed."""
    row = GovernorSetting.objects.filter(pk=name).first()
    return 0 if row is None else row.value


def view_governance() -> GovernanceView:
    """Everything that a page about voting states."""
    values = dict(GovernorSetting.objects.values_list("name", "value"))
    now = chain_time()
    return GovernanceView(
        total_supply=supply_at(now),
        quorum=quorum_at(now),
        quorum_percent=quorum_percent_at(now),
        threshold=values.get("proposal_threshold", 0),
        voting_delay=values.get("voting_delay", 0),
        voting_period=values.get("voting_period", 0),
        late_quorum_extension=values.get("late_quorum_extension", 0),
        timelock_delay=values.get("timelock_delay", 0),
        chain_time=now,
    )
