import pytest

from qjobs.rules.withholding import TRIES, is_withheld

OPENED, ATTEST_BY = 1_000, 1_400  # quarters of 100 s: the last begins at 1,300


@pytest.mark.parametrize(
    ("now", "missing_since", "tries", "expected"),
    [
        (1_300, 1_200, TRIES, True),
        (1_299, 1_000, TRIES, False),
        (1_300, 1_201, TRIES, False),
        (1_400, 1_000, TRIES - 1, False),
        (1_400, 1_300, 50, True),
    ],
    ids=["in the last quarter", "before it", "missing for less than a quarter", "two tries", "at the end"],
)
def test_posted_files_count_as_withheld(now: int, missing_since: int, tries: int, expected: bool) -> None:
    found = is_withheld(
        opened_at=OPENED, attest_by=ATTEST_BY, now=now, missing_since=missing_since, tries=tries
    )

    assert found is expected
