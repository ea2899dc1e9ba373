"""A pinning service as a place, over real HTTP: what it keeps, what it claims, and what it may not do."""

import json
import time
from collections.abc import Iterator
from io import BytesIO

import pytest

from common.errors import QommonsError
from storage.cid import Cid, raw_cid
from storage.errors import BlockMissing, InvalidSourceUrl, PinRefused, SourceUnavailable, StoreNotConfigured
from storage.factory import PinningAddress, open_places
from storage.kubo_store import KuboStore
from storage.limits import Patience
from storage.pinned_place import Clock, PinnedPlace
from storage.pinning import PinningService
from storage.places import Place, SeveralPlaces
from tests.fakes.ipfs_node import FakeIpfsNode, running_node
from tests.fakes.ipfs_store_contract import ABSENT, MIB, content_of
from tests.fakes.pinning_service import TOKEN, FakePinningService, Fault, PinCall, running_service

pytestmark = pytest.mark.fault("F20")
CONTENT = content_of(2 * MIB + 5)
HURRY = Patience(connect_seconds=1.0, idle_seconds=0.5, block_seconds=1.0)
ORIGINS = ("/ip4/198.51.100.1/tcp/4001/p2p/12D3KooWours",)


class Waiting:
    """A clock on which waiting takes no time."""

    seconds = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: self.seconds, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def node() -> Iterator[FakeIpfsNode]:
    with running_node() as node:
        yield node


@pytest.fixture
def service(node: FakeIpfsNode) -> Iterator[FakePinningService]:
    with running_node() as own, running_service(node, own) as service:
        yield service


def place_at(service: FakePinningService, *, token: str = TOKEN, pin_seconds: float = 60) -> PinnedPlace:
    client = PinningService(service.url, token, origins=ORIGINS, patience=HURRY)
    return PinnedPlace(client, service.own.url, pin_seconds=pin_seconds, clock=Waiting().clock())


@pytest.fixture
def place(service: FakePinningService) -> PinnedPlace:
    return place_at(service)


@pytest.fixture
def both(node: FakeIpfsNode, place: PinnedPlace) -> SeveralPlaces:
    return SeveralPlaces([Place("node", KuboStore(node.url)), Place("service", place)], copies=2)


def test_file_is_fetched_by_the_service_pinned_and_read_back_from_its_gateway(
    both: SeveralPlaces, place: PinnedPlace, node: FakeIpfsNode, service: FakePinningService
) -> None:
    stored, receipts = both.add_file_with_receipts(BytesIO(CONTENT))
    node.blocks.clear()

    assert [receipt.is_kept for receipt in receipts] == [True, True]
    assert b"".join(both.open(stored.cid, offset=9)) == CONTENT[9:]
    assert b"".join(place.open(stored.cid)) == CONTENT
    asked = [sent for what, sent in service.seen if what.startswith("POST")]
    assert asked == [{"cid": str(stored.cid), "origins": list(ORIGINS)}]


def test_document_is_kept_once_however_often_it_is_added_and_unpinned_whole(
    both: SeveralPlaces, place: PinnedPlace, service: FakePinningService
) -> None:
    cid = both.add_block(b"a document")
    assert both.add_block(b"a document") == cid
    assert (len(service.requests), place.is_pinned(cid), place.has(cid)) == (1, True, True)

    both.unpin(cid)
    both.unpin(cid)

    assert (service.requests, place.is_pinned(cid)) == ({}, False)


def test_what_the_service_lost_is_fetched_again_from_the_node(
    both: SeveralPlaces, service: FakePinningService
) -> None:
    cid = both.add_file(BytesIO(CONTENT)).cid
    service.requests.clear()
    service.own.blocks.clear()
    assert [receipt.is_kept for receipt in both.receipts(cid)] == [True, False]

    both.pin(cid)

    assert [receipt.is_kept for receipt in both.receipts(cid)] == [True, True]


def test_car_goes_to_the_service_by_its_root(
    both: SeveralPlaces, place: PinnedPlace, foreign_car: bytes
) -> None:
    root = both.import_car(BytesIO(foreign_car))

    assert b"".join(place.export_car(root)) == b"".join(both.export_car(root))


def test_service_that_finds_the_content_nowhere_says_so_and_is_asked_anew_the_next_time(
    place: PinnedPlace, node: FakeIpfsNode, service: FakePinningService
) -> None:
    with pytest.raises(PinRefused, match="could not fetch"):
        place.add_block(b"a document")

    KuboStore(node.url).add_block(b"a document")
    assert place.read_block(place.add_block(b"a document")) == b"a document"
    assert [each["status"] for each in service.requests.values()] == ["failed", "pinned"]


def test_service_that_never_gets_done_is_given_up_and_finished_by_a_later_try(
    place: PinnedPlace, node: FakeIpfsNode, service: FakePinningService
) -> None:
    service.looks_until_done = 10_000
    cid = KuboStore(node.url).add_block(b"a document")
    with pytest.raises(SourceUnavailable, match="after 60 s"):
        place.pin(cid)
    assert not place.is_pinned(cid)
    with pytest.raises(BlockMissing):
        place.read_block(cid)

    service.looks_until_done = 1
    place.pin(cid)

    assert (place.is_pinned(cid), len(service.requests)) == (True, 1)


def say_pinned(call: PinCall) -> None:
    """A claim without a byte behind it."""
    pin = call.sent or {"cid": call.query.get("cid", "")}
    status = {"requestid": "r1", "status": "pinned", "created": "", "pin": pin, "delegates": []}
    call.answer(202, {"count": 1, "results": [status], **status})


def pin_something_else(call: PinCall) -> None:
    call.answer(202, {"requestid": "r1", "status": "pinned", "pin": {"cid": str(ABSENT)}})


def name_a_path(call: PinCall) -> None:
    call.answer(202, {"requestid": "../../admin", "status": "queued", "pin": call.sent})


def be_in_no_state(call: PinCall) -> None:
    call.answer(202, {"requestid": "r1", "status": "rejoicing", "pin": call.sent})


def answer_no_cid(call: PinCall) -> None:
    call.answer(202, {"requestid": "r1", "status": "pinned", "pin": {"cid": "bafy?"}})


def answer_a_list(call: PinCall) -> None:
    call.answer(200, [1, 2])


def answer_html(call: PinCall) -> None:
    call.send_body(200, b"<html>welcome</html>")


def answer_too_deep(call: PinCall) -> None:
    call.send_body(200, b"[" * 100_000)


def redirect(call: PinCall) -> None:
    call.send_body(307, b"", Location="http://169.254.169.254/")


def want_money(call: PinCall) -> None:
    call.refuse(409, "INSUFFICIENT_FUNDS")


def be_busy(call: PinCall) -> None:
    call.refuse(429, "SLOW_DOWN")


def be_broken(call: PinCall) -> None:
    call.refuse(500, "INTERNAL")


def never_end(call: PinCall) -> None:
    call.send_response(200)
    call.end_headers()
    call.wfile.write(b'{"results": [')
    while True:
        call.wfile.write(b"1," * 30_000)


def drip(call: PinCall) -> None:
    call.send_response(200)
    call.end_headers()
    while True:
        call.wfile.write(b" ")
        call.wfile.flush()
        time.sleep(0.05)


def say_nothing(call: PinCall) -> None:
    time.sleep(2)


@pytest.mark.parametrize("door", ["GET /pins", "POST /pins"])
@pytest.mark.parametrize(
    "fault",
    [
        say_pinned,
        pin_something_else,
        name_a_path,
        be_in_no_state,
        answer_no_cid,
        answer_a_list,
        answer_html,
        answer_too_deep,
        redirect,
        want_money,
        be_busy,
        be_broken,
        never_end,
        drip,
        say_nothing,
    ],
)
def test_service_that_lies_drips_or_fails_gets_no_receipt_and_no_upload_is_lost(
    both: SeveralPlaces, node: FakeIpfsNode, service: FakePinningService, fault: Fault, door: str
) -> None:
    service.faults[door] = fault
    cid = KuboStore(node.url).add_file(BytesIO(CONTENT)).cid

    with pytest.raises(QommonsError) as refused:
        both.add_file(BytesIO(CONTENT))

    assert TOKEN not in repr(refused.value) + repr(refused.value.__cause__)
    assert not any("admin" in what or "169.254" in what for what, _ in service.seen)
    assert not both.receipts(cid)[1].is_kept
    assert b"".join(both.open(cid)) == CONTENT
    service.faults.clear()
    both.add_file(BytesIO(CONTENT))
    assert [receipt.is_kept for receipt in both.receipts(cid)] == [True, True]


@pytest.mark.parametrize("lie", [pin_something_else, name_a_path, be_in_no_state, answer_no_cid])
def test_answer_that_is_not_of_our_request_is_refused(service: FakePinningService, lie: Fault) -> None:
    client = PinningService(service.url, TOKEN, patience=HURRY)
    service.faults["POST /pins"] = lie

    with pytest.raises(PinRefused, match="does not answer for"):
        client.request(raw_cid(b"a document"))

    service.faults.clear()
    assert client.request(raw_cid(b"a document")).state == "queued"


def test_answer_without_end_is_left_after_a_megabyte(service: FakePinningService) -> None:
    service.faults["GET /pins"] = never_end
    started = time.monotonic()

    with pytest.raises(SourceUnavailable, match="more than 1,048,576 bytes"):
        PinningService(service.url, TOKEN).requests_of(ABSENT)

    assert time.monotonic() - started < 20  # its deadline is 60


def test_gateway_with_wrong_bytes_gets_no_receipt(both: SeveralPlaces, service: FakePinningService) -> None:
    cid = both.add_file(BytesIO(CONTENT)).cid
    leaf = next(each for each in service.own.blocks if each != cid)
    service.own.blocks[leaf] = bytes(len(service.own.blocks[leaf]))

    assert [receipt.is_kept for receipt in both.receipts(cid)] == [True, False]
    assert b"".join(both.open(cid)) == CONTENT


def test_wrong_token_is_refused_in_words_without_the_token(service: FakePinningService) -> None:
    place = place_at(service, token="another-token")

    with pytest.raises(PinRefused, match="does not take our token"):
        place.is_pinned(ABSENT)
    assert not SeveralPlaces([Place("service", place)], copies=1).is_pinned(ABSENT)
    assert "another-token" not in repr(PinningAddress("https://p", "https://g", "another-token"))


@pytest.mark.parametrize(
    ("url", "token"),
    [
        ("http://pins.example", TOKEN),
        ("ftp://pins.example", TOKEN),
        ("https://user@pins.example", TOKEN),
        ("https://pins.example", ""),
        ("https://pins.example", "two\r\nHost: lines"),
    ],
)
def test_address_that_would_show_the_token_or_has_none_is_refused(url: str, token: str) -> None:
    with pytest.raises(InvalidSourceUrl):
        PinningService(url, token)
    PinningService("https://pins.example", TOKEN)


def test_settings_open_the_service_as_the_last_place_and_only_beside_a_node(
    node: FakeIpfsNode, service: FakePinningService, tmp_path
) -> None:
    address = PinningAddress(service.url, service.own.url, TOKEN)
    service.looks_until_done = 0

    with pytest.raises(StoreNotConfigured, match="needs an IPFS node"):
        open_places([str(tmp_path)], pinning=address)
    several = open_places([str(tmp_path), node.url], pinning=address)
    cid: Cid = several.add_file(BytesIO(CONTENT)).cid

    assert [receipt.place for receipt in several.receipts(cid) if receipt.is_kept] == [
        "place 1 (local store)",
        "place 2 (IPFS node)",
        "place 3 (pinning service)",
    ]
    assert json.dumps(service.requests).count(str(cid)) == 1
