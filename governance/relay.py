"""The relayer's calls, built in the sender's process: a signed vote is carried to the chain as it is."""

from chain.abi import Call
from chain.models import OutboxEntry
from chain.signer import Signer
from governance.rules.ballots import SignedBallot


def build_ballot(entry: OutboxEntry, signer: Signer) -> Call:
    """castVoteBySig of the voter's own signature; what it says cannot be changed on the way."""
    return SignedBallot.from_payload(entry.payload).call
