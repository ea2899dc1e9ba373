"""Prepares the guardian's one pause; the guardian's wallet signs and sends it."""

from chain.bindings import parameter_book
from chain.prepared import PreparedTransaction, prepare
from common.errors import Conflict, InvalidInput, NotAllowed
from common.moments import duration_text
from governance.models import Guardian

LONGEST_PAUSE_SECONDS = 7 * 86_400


def prepare_pause(*, seconds: int, sender: str) -> PreparedTransaction:
    """Stops new purchases, approvals and claims; raises NotAllowed for anybody but the guardian."""
    guardian = Guardian.objects.first()
    if guardian is None or guardian.address != sender:
        raise NotAllowed("Only the guardian that members named may pause.")
    if not guardian.is_armed:
        raise Conflict("The guardian's pause is spent; members arm it again by a vote.", code="pause_spent")
    if not 1 <= seconds <= LONGEST_PAUSE_SECONDS:
        raise InvalidInput("A pause lasts 1 second to 7 days.", field="seconds")
    return prepare(
        "ParameterBook",
        parameter_book.PAUSE,
        summary=f"Pause the market and new jobs for {duration_text(seconds)}",
        details=[
            ("Stand still", "new purchases, approvals and claims"),
            ("Go on", "withdrawals, refunds, settlement, votes and every deadline"),
            ("Afterwards", "the pause is spent until members arm it again"),
        ],
        seconds=seconds,
    )
