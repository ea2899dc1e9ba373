"""Answers as they are taken: the first part is fetched at once, and the end is told once."""

import gc
from threading import Event, Thread

import pytest
from django.test import AsyncRequestFactory

from common.errors import InvalidInput
from common.http_stream import Whole, stream


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


def test_client_that_leaves_before_the_first_part_is_noticed_when_the_answer_is_closed():
    told = Told(b"one", b"two")
    answer = stream(AsyncRequestFactory().get("/"), told, "text/plain")

    answer.close()

    assert told.closed == ["closed"]


def test_parts_are_not_closed_in_the_midst_of_a_read():
    begun, may_end, seen = Event(), Event(), []

    class Slow(Told):
        """The second part takes its time."""

        def __next__(self) -> bytes:
            part = super().__next__()
            if part == b"two":
                begun.set()
                may_end.wait(10)
                seen.append("read")
            return part

        def close(self) -> None:
            seen.append("closed")

    whole = Whole(Slow(b"one", b"two"))
    next(whole)
    reader, closer = Thread(target=lambda: next(whole)), Thread(target=whole.close)
    reader.start()
    begun.wait(10)
    closer.start()
    closer.join(0.2)
    may_end.set()
    for thread in (reader, closer):
        thread.join(10)

    assert seen == ["read", "closed"]
