"""Words and colours of the vote's states, one list for badges and legend."""

from dataclasses import dataclass

from governance.models import Vote
from governance.rules.states import ProposalState


@dataclass(frozen=True)
class StateInWords:
    """A state as a badge shows it; `tone` is a class of the style sheet."""

    word: str
    tone: str
    meaning: str


STATES: dict[ProposalState, StateInWords] = {
    ProposalState.PENDING: StateInWords("Pending", "wait", "Voting has not begun."),
    ProposalState.ACTIVE: StateInWords("Active", "live", "Members vote now."),
    ProposalState.SUCCEEDED: StateInWords(
        "Succeeded", "good", "Passed. Anyone may queue it in the timelock."
    ),
    ProposalState.QUEUED: StateInWords(
        "Queued", "wait", "Passed. It waits in the timelock, then anyone may execute it."
    ),
    ProposalState.EXECUTED: StateInWords("Executed", "good", "Passed and carried out."),
    ProposalState.DEFEATED: StateInWords(
        "Defeated", "bad", "The quorum was missed, or not more votes were for than against."
    ),
    ProposalState.CANCELED: StateInWords("Cancelled", "", "Withdrawn before it could take effect."),
    ProposalState.EXPIRED: StateInWords("Expired", "", "Passed, but nobody executed it in time."),
}
MILESTONES: dict[str, str] = {
    "created": "Proposed",
    "voting_starts": "Voting begins, power is counted",
    "voting_ends": "Voting ends",
    "extended": "Voting ends after a late quorum",
    "queued": "Queued in the timelock",
    "executable": "May be executed",
    "executed": "Executed",
    "canceled": "Cancelled",
}
SUPPORT_TONES: dict[int, str] = {
    Vote.Support.FOR: "live",
    Vote.Support.AGAINST: "bad",
    Vote.Support.ABSTAIN: "",
}
