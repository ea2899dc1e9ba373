"""Answers as they are taken: the first part is fetched at once, and the end is told once."""

import gc

import pytest

from common.errors import InvalidInput
from common.http_stream import Whole


class Told:
    """Parts that count how often they were closed; the first may be a refusal."""

    def __init__(self, *parts: bytes | Exception) -> None:
        self.closed: list[str] = []
        self._parts = iter(parts)

    def __iter__(self):
        return self

    def __next__(self) -> bytes:
        part = next(self._parts)
        if isinstance(part, Exception):
            raise part
        return part

    def close(self) -> None:
        self.closed.append("closed")


@pytest.mark.parametrize("parts", [(), (b"",), (b"one",), (b"one", b"", b"three")])
def test_every_part_comes_in_its_order(parts):
    assert b"".join(Whole(iter(parts))) == b"".join(parts)


def test_parts_are_closed_by_whoever_answers():
    told = Told(b"one", b"two")
    whole = Whole(told)
    next(whole)

    whole.close()

    assert told.closed == ["closed"]


def test_parts_whose_first_is_refused_are_closed_and_the_refusal_goes_on():
    told = Told(InvalidInput("not a file"))

    with pytest.raises(InvalidInput):
        Whole(told)

    assert told.closed == ["closed"]


def test_collected_memory_closes_nothing():
    told = Told(b"one", b"two")
    whole = Whole(told)
    next(whole)

    del whole
    gc.collect()

    assert told.closed == []
