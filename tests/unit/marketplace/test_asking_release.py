"""The release service is asked over HTTP; what answers in its place is read up to a header and no further."""

from collections.abc import Iterator

import pytest

from common.errors import RetryableError
from marketplace.errors import NotReleasedYet
from marketplace.release.asking import asked_header
from storage.age.header import MAX_HEADER_BYTES
from storage.cid import raw_cid
from storage.errors import SourceUnavailable
from tests.fakes import ipfs_faults as faults
from tests.fakes.ipfs_node import FakeIpfsNode, running_node

PATH = f"/ipfs/{raw_cid(b'which header')}?format=raw"


@pytest.fixture
def service(settings) -> Iterator[FakeIpfsNode]:
    """Anything that speaks HTTP where the release service is expected."""
    with running_node() as node:
        settings.RELEASE_URL = node.url
        yield node


@pytest.mark.parametrize("size", [1, MAX_HEADER_BYTES])
def test_header_up_to_the_limit_is_given(service: FakeIpfsNode, size: int) -> None:
    service.faults["/ipfs?format=raw"] = lambda request: request.send_whole(200, b"a" * size)

    assert asked_header(PATH) == b"a" * size


@pytest.mark.fault("F20")
def test_answer_larger_than_a_header_or_without_an_end_is_not_read_on(service: FakeIpfsNode) -> None:
    larger = b"a" * (MAX_HEADER_BYTES + 1)
    for fault in (lambda request: request.send_whole(200, larger), faults.never_end):
        service.faults["/ipfs?format=raw"] = fault

        with pytest.raises(SourceUnavailable, match=f"more than a header's {MAX_HEADER_BYTES:,} bytes"):
            asked_header(PATH)


def test_refusal_and_absence_are_told_apart(service: FakeIpfsNode, settings) -> None:
    with pytest.raises(NotReleasedYet, match="404"):
        asked_header(PATH)
    settings.RELEASE_URL = "http://127.0.0.1:1"
    with pytest.raises(RetryableError, match="cannot be reached"):
        asked_header(PATH)
