"""What pages say of sealed files, also where the metrics are a stranger's nonsense."""

import pytest

from qjobs.rules.sealed_words import sealed_words

MODEL = "model.safetensors"


def test_words_tell_how_many_rows_and_who_can_open_them():
    words = sealed_words([MODEL], {"final_model": {"support_vectors": 1234}})

    assert words.startswith(
        "model.safetensors is sealed: it carries 1,234 rows of the data as support vectors"
    )
    assert "Whoever holds the model token can open it, and in a dispute the verifiers; nobody else" in words
    assert "carries 1 row of" in sealed_words([MODEL], {"final_model": {"support_vectors": 1}})


def test_nothing_sealed_needs_no_words():
    assert sealed_words([], {"final_model": {"support_vectors": 3}}) == ""


@pytest.mark.parametrize(
    "final", [None, [], {}, {"support_vectors": "<b>"}, {"support_vectors": True}, {"support_vectors": -1}]
)
def test_count_that_is_none_is_left_out(final):
    assert sealed_words([MODEL], {"final_model": final}).startswith(
        "model.safetensors is sealed: it carries rows of"
    )
