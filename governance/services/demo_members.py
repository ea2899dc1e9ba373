"""Asking the demo member of a local chain: so that a newcomer does not vote alone."""

from django.conf import settings

from chain.models import OutboxEntry
from chain.outbox import enqueue
from common.errors import NotFound
from governance.demo_members import SENDER
from governance.errors import WrongProposalState
from governance.rules.states import ProposalState
from governance.selectors.proposals import view_proposal


def require_demo_member() -> None:
    """Raises NotFound anywhere but on a local chain: elsewhere nobody votes on request."""
    if not settings.IS_LOCAL_CHAIN:
        raise NotFound("there are no demo members on this chain")


def wake_demo_member() -> None:
    """Has the demo member delegate its votes to itself, once; before that they count nowhere."""
    require_demo_member()
    enqueue(key="demo-member:delegate", kind="demo_delegate", sender=SENDER, payload={})


def ask_demo_member(number: int) -> OutboxEntry:
    """Has the demo member vote for an open proposal, once; raises WrongProposalState for any other."""
    require_demo_member()
    view = view_proposal(number)
    if view.state != ProposalState.ACTIVE:
        raise WrongProposalState(act="voted on", state=view.state.value, needed="active")
    payload = {"proposal_id": str(number)}
    return enqueue(key=f"demo-member:vote:{number}", kind="demo_vote", sender=SENDER, payload=payload)
