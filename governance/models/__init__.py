from governance.models.members import Delegation, PowerCheckpoint, VoteBalance, VotingPower
from governance.models.proposal import Proposal, Vote
from governance.models.settings import GovernorSetting, QuorumCheckpoint, SupplyCheckpoint, TimelockOperation

__all__ = [
    "Delegation",
    "GovernorSetting",
    "PowerCheckpoint",
    "Proposal",
    "QuorumCheckpoint",
    "SupplyCheckpoint",
    "TimelockOperation",
    "Vote",
    "VoteBalance",
    "VotingPower",
]
