from governance.models.members import Delegation, PowerCheckpoint, VoteBalance, VotingPower
from governance.models.parameters import BookAllowance, BookDocument, BookValue, Guardian
from governance.models.proposal import Proposal, Vote
from governance.models.settings import GovernorSetting, QuorumCheckpoint, SupplyCheckpoint, TimelockOperation

__all__ = [
    "BookAllowance",
    "BookDocument",
    "BookValue",
    "Delegation",
    "GovernorSetting",
    "Guardian",
    "PowerCheckpoint",
    "Proposal",
    "QuorumCheckpoint",
    "SupplyCheckpoint",
    "TimelockOperation",
    "Vote",
    "VoteBalance",
    "VotingPower",
]
