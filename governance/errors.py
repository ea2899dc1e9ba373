"""What a member cannot do, named by the fact."""

from common.errors import Conflict, InvalidInput


class PowerTooLow(Conflict):
    """The member's voting power is below the threshold for a proposal."""

    code = "power_too_low"

    def __init__(self, *, power: str, threshold: str) -> None:
        super().__init__(
            f"A proposal needs {threshold} of voting power and this account has {power}. "
            "Tokens count only once they are delegated; you may delegate to yourself."
        )
        self.power = power
        self.threshold = threshold


class WrongProposalState(Conflict):
    """The proposal's state does not allow the act."""

    code = "wrong_proposal_state"

    def __init__(self, *, act: str, state: str, needed: str) -> None:
        super().__init__(f"This proposal is {state}; only one that is {needed} can be {act}.")
        self.state = state


class ProposalExists(Conflict):
    """The same actions with the same description were proposed before."""

    code = "proposal_exists"


class TooManyProposals(Conflict):
    """Members can read only so much: one member keeps a bounded number of votes going at once."""

    code = "too_many_proposals"

    def __init__(self, *, open_count: int, most: int) -> None:
        super().__init__(
            f"You have {open_count} proposals whose vote is not over; this site prepares another one "
            f"below {most}. Wait for the end of a vote, or cancel a proposal before its vote begins."
        )


class AlreadyVoted(Conflict):
    """A member votes once on a proposal."""

    code = "already_voted"


class RelayRefused(Conflict):
    """The relayer does not carry this vote; the voter can always send it itself."""

    code = "relay_refused"


class ActionsRefused(InvalidInput):
    """The actions of a proposal do not fit together."""

    code = "actions_refused"
