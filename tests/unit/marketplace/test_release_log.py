"""The hash-chained log: whatever is changed, taken out or cut off is noticed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.rules.release_log import FIRST_HASH, LogEntry, first_problem


def log_of(count: int) -> list[tuple[LogEntry, str]]:
    entries: list[tuple[LogEntry, str]] = []
    for number in range(1, count + 1):
        previous = entries[-1][1] if entries else FIRST_HASH
        entry = LogEntry(number, previous, f"2026-11-21T06:00:{number:02}Z", "released", {"pass_id": number})
        entries.append((entry, entry.hash))
    return entries


def test_log_that_was_only_added_to_holds():
    entries = log_of(5)

    assert first_problem([]) == ""
    assert first_problem(entries) == ""
    assert first_problem(entries, noted_hash=entries[2][1]) == ""


@given(st.integers(0, 4), st.sampled_from(["at", "event", "facts", "number", "previous_hash"]))
def test_log_with_a_changed_entry_does_not_hold(place: int, member: str):
    entries = log_of(5)
    values = {"at": "", "event": "ended", "facts": {}, "number": 9, "previous_hash": "1" * 64}
    entry, stored = entries[place]
    entries[place] = (replace(entry, **{member: values[member]}), stored)

    assert first_problem(entries) != ""


def test_log_in_which_a_change_was_hashed_again_does_not_hold():
    entries = log_of(3)
    forged = replace(entries[1][0], facts={"pass_id": 99})
    entries[1] = (forged, forged.hash)

    assert first_problem(entries) == "entry 3 does not follow from entry 2"


@pytest.mark.parametrize(("gone", "problem"), [(0, "entry 1 is missing"), (1, "entry 2 is missing")])
def test_log_without_an_entry_does_not_hold(gone: int, problem: str):
    entries = log_of(3)
    del entries[gone]

    assert first_problem(entries) == problem


def test_log_that_was_cut_off_does_not_hold_the_hash_that_was_noted():
    entries = log_of(4)

    assert first_problem(entries[:-1]) == ""
    assert "cut off" in first_problem(entries[:-1], noted_hash=entries[-1][1])
