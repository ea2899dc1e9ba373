"""Every refusal that our sources write is provoked by a test of this run (see refusal_record.py)."""

from refusal_record import counts
from refusal_sites import missing_refusals, refusals_of, written_refusals


def test_every_refusal_written_is_provoked_by_a_test():
    written = written_refusals()

    missing = [f"{refusal.source}:{refusal.line} {refusal.words}" for refusal in missing_refusals(counts())]

    assert len(written) > 100
    assert missing == []


def test_a_refusal_that_no_test_provokes_is_named():
    everything = {"JobBoard": {refusal.words: 9 for refusal in refusals_of("JobBoard")}}
    without_one = {"JobBoard": everything["JobBoard"] | {"JobBoard: no qubits": 0}}

    newly_missing = set(missing_refusals(without_one)) - set(missing_refusals(everything))

    assert [refusal.words for refusal in newly_missing] == ["JobBoard: no qubits"]


def test_the_same_words_written_twice_take_two_places():
    places = 3
    all_but_one = {"DatasetToken": {"DatasetIsRetired": places - 1}}
    all_of_them = {"DatasetToken": {"DatasetIsRetired": places}}

    assert {
        refusal.words for refusal in set(missing_refusals(all_but_one)) - set(missing_refusals(all_of_them))
    } == {"DatasetIsRetired"}
