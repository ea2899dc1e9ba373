"""When a listing can be bought and a pass be used. The clock is the chain's, passed in."""

from enum import StrEnum


class ListingState(StrEnum):
    """What a listing is now, in one word."""

    OPEN = "OPEN"
    SOLD_OUT = "SOLD_OUT"
    CLOSED = "CLOSED"
    DELISTED = "DELISTED"
    LAPSED = "LAPSED"
    REPLACED = "REPLACED"


STATE_WORDS = {
    ListingState.OPEN: "can be bought",
    ListingState.SOLD_OUT: "is sold out",
    ListingState.CLOSED: "was open until its closing time",
    ListingState.DELISTED: "was taken back",
    ListingState.LAPSED: "ended when its subject was transferred or retired",
    ListingState.REPLACED: "was replaced by a newer offer",
}


def listing_state(
    *,
    is_delisted: bool,
    subject_stands: bool,
    is_replaced: bool,
    closes_at: int,
    stock: int,
    sold: int,
    now: int,
) -> ListingState:
    """The state of a listing at chain time `now`; 0 means open end and unlimited stock."""
    if is_delisted:
        return ListingState.DELISTED
    if stock and sold >= stock:
        return ListingState.SOLD_OUT
    if not subject_stands:
        return ListingState.LAPSED
    if closes_at and now > closes_at:
        return ListingState.CLOSED
    if is_replaced:
        return ListingState.REPLACED
    return ListingState.OPEN


def is_pass_usable(*, is_revoked: bool, expires_at: int, uses_total: int, uses_left: int, now: int) -> bool:
    """Whether the pass still gives its right at chain time `now`; 0 means no expiry and unlimited uses."""
    is_expired = bool(expires_at) and now >= expires_at
    is_used_up = bool(uses_total) and uses_left == 0
    return not (is_revoked or is_expired or is_used_up)
