"""A job's first two deadlines, from what the requester gives and the chain's time."""

from dataclasses import dataclass

from common.errors import InvalidInput

DEFAULT_APPROVE_SECONDS = 7 * 24 * 3600
DEFAULT_CLAIM_SECONDS = 14 * 24 * 3600
MAX_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Deadlines:
    """Unix seconds: members approve by the first, an executor claims by the second."""

    approve_by: int
    claim_by: int


def deadlines_of(
    *,
    approve_by: int | None,
    claim_by: int | None,
    approve_seconds: int | None,
    claim_seconds: int | None,
    now: int,
) -> Deadlines:
    """Absolute times where given, else seconds from `now`, else a week and a fortnight.

    Raises InvalidInput where a deadline has passed, is over a year away, or they are in the wrong order.
    """
    chosen = Deadlines(
        approve_by if approve_by is not None else now + (approve_seconds or DEFAULT_APPROVE_SECONDS),
        claim_by if claim_by is not None else now + (claim_seconds or DEFAULT_CLAIM_SECONDS),
    )
    for field, at in (("approve_by", chosen.approve_by), ("claim_by", chosen.claim_by)):
        if at <= now:
            raise InvalidInput("This deadline has passed already.", field=field)
        if at > now + MAX_SECONDS:
            raise InvalidInput("This deadline is more than a year away.", field=field)
    if chosen.claim_by < chosen.approve_by:
        raise InvalidInput("An executor can claim only after the approval.", field="claim_by")
    return chosen
