"""When posted files that nobody can get count as withheld."""

QUARTERS = 4
TRIES = 3


def is_withheld(*, opened_at: int, attest_by: int, now: int, missing_since: int, tries: int) -> bool:
    """Whether a verifier may say that the result is wrong, because its files could not be had.

    Only in the last quarter of the time to attest, after three tries or more over a quarter of it at least:
    a short failure of ours, and files that come late, cost nobody a stake. Times are the chain's, in seconds.
    """
    quarter = (attest_by - opened_at) // QUARTERS
    return tries >= TRIES and now >= attest_by - quarter and now - missing_since >= quarter
