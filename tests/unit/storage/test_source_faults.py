"""Gateways and nodes that fail or lie: refused in time, by the right name, before a wrong byte leaves us."""

import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
import urllib3

from common.errors import QommonsError, RetryableError
from storage.cid import Cid
from storage.errors import (
    BlockMissing,
    BlockTooLarge,
    CidMismatch,
    ContentTooLarge,
    DeadlineExceeded,
    InvalidSourceUrl,
    NodeTooOld,
    PinRefused,
    SourceUnavailable,
    StoreFull,
)
from storage.kubo_store import KuboStore
from storage.limits import Patience, ReadLimits
from storage.multiaddr import node_address
from storage.protocol import BlockSource
from storage.sources import HttpBlockSource
from tests.fakes import ipfs_faults as faults
from tests.fakes.ipfs_node import FakeIpfsNode, Fault, running_node
from tests.fakes.ipfs_store_contract import ABSENT, MIB, content_of

HURRY = Patience(connect_seconds=0.5, idle_seconds=0.4, block_seconds=0.8, stream_seconds=0.8)
CONTENT = content_of(3 * MIB + 9)


@pytest.fixture
def node() -> Iterator[FakeIpfsNode]:
    with running_node() as node:
        yield node


@pytest.fixture
def file_cid(node: FakeIpfsNode) -> Cid:
    return KuboStore(node.url).add_file(BytesIO(CONTENT)).cid


@pytest.fixture(params=["gateway", "node"])
def source(request: pytest.FixtureRequest, node: FakeIpfsNode) -> BlockSource:
    kind = HttpBlockSource if request.param == "gateway" else KuboStore
    return kind(node.url, patience=HURRY)


def break_blocks(node: FakeIpfsNode, fault: Fault) -> None:
    node.faults["/api/v0/block/get"] = node.faults["/ipfs?format=raw"] = fault


def break_trees(node: FakeIpfsNode, fault: Fault) -> None:
    node.faults["/api/v0/dag/export"] = node.faults["/ipfs?format=car"] = fault


def given_before_error(source: BlockSource, cid: Cid) -> tuple[bytes, QommonsError]:
    given = bytearray()
    try:
        for piece in source.open(cid):
            given += piece
    except QommonsError as error:
        return bytes(given), error
    pytest.fail("the fault went unnoticed")


def test_a_sound_source_is_read(source: BlockSource, file_cid: Cid) -> None:
    assert b"".join(source.open(file_cid)) == CONTENT
    assert b"".join(source.open(file_cid, offset=MIB - 1, length=2)) == CONTENT[MIB - 1 : MIB + 1]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.answer_other_bytes, CidMismatch),
        (faults.answer_short, CidMismatch),
        (faults.answer_html, CidMismatch),
        (faults.never_end, BlockTooLarge),
        (faults.drip, DeadlineExceeded),
        (faults.drip_without_a_length, DeadlineExceeded),
        (faults.say_nothing, SourceUnavailable),
        (faults.refuse_sign_in, SourceUnavailable),
        (faults.fail_inside, SourceUnavailable),
    ],
)
@pytest.mark.fault("F20")
def test_a_bad_block_is_refused(
    source: BlockSource, node: FakeIpfsNode, file_cid: Cid, fault: Fault, error: type[QommonsError]
) -> None:
    break_blocks(node, fault)
    started = time.monotonic()

    with pytest.raises(error) as caught:
        source.read_block(file_cid)

    assert time.monotonic() - started < 2.5
    assert node.url not in str(caught.value)
    assert "/home" not in str(caught.value)


@pytest.mark.fault("F20")
def test_a_connection_cut_in_a_block_is_refused(
    source: BlockSource, node: FakeIpfsNode, file_cid: Cid
) -> None:
    break_blocks(node, faults.cut_the_connection)

    with pytest.raises((SourceUnavailable, CidMismatch)):
        source.read_block(file_cid)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.end_with_error_trailer, SourceUnavailable),
        (faults.cut_the_stream, SourceUnavailable),
        (faults.flip_a_byte_of_the_car, CidMismatch),
        (faults.answer_html, SourceUnavailable),
        (faults.drip_the_car, DeadlineExceeded),
        (faults.say_nothing, SourceUnavailable),
        (faults.fail_inside, SourceUnavailable),
    ],
)
@pytest.mark.fault("F20")
def test_a_bad_tree_gives_right_bytes_or_none(
    source: BlockSource, node: FakeIpfsNode, file_cid: Cid, fault: Fault, error: type[QommonsError]
) -> None:
    break_trees(node, fault)

    given, refusal = given_before_error(source, file_cid)

    assert isinstance(refusal, error)
    assert isinstance(refusal, RetryableError) == (error is not CidMismatch)
    assert len(given) < len(CONTENT)
    assert CONTENT.startswith(given)


def test_an_endless_tree_is_refused(source: BlockSource, node: FakeIpfsNode, file_cid: Cid) -> None:
    break_trees(node, faults.never_end)

    given, _ = given_before_error(source, file_cid)

    assert given == b""


def test_a_file_above_the_readers_limit_is_refused_at_the_call(node: FakeIpfsNode, file_cid: Cid) -> None:
    for kind in (HttpBlockSource, KuboStore):
        with pytest.raises(ContentTooLarge):
            kind(node.url, limits=ReadLimits(content_bytes=3 * MIB)).open(file_cid)


def test_a_missing_file_is_named_as_missing_at_the_call(source: BlockSource) -> None:
    with pytest.raises(BlockMissing):
        source.open(ABSENT)


def test_a_chunk_that_the_source_lost_is_refused(
    source: BlockSource, node: FakeIpfsNode, file_cid: Cid
) -> None:
    del node.blocks[Cid.of_block(CONTENT[2 * MIB : 3 * MIB], 0x55)]

    given, refusal = given_before_error(source, file_cid)

    assert given == CONTENT[: 2 * MIB]
    assert isinstance(refusal, SourceUnavailable)
    with pytest.raises(BlockMissing):
        list(source.open(file_cid, offset=2 * MIB))


class TestGateway:
    def test_an_answer_that_announces_too_much_is_not_read(self, node: FakeIpfsNode, file_cid: Cid) -> None:
        break_blocks(node, faults.announce_too_much)

        with pytest.raises(BlockTooLarge):
            HttpBlockSource(node.url, patience=HURRY).read_block(file_cid)

    def test_headers_that_never_end_meet_the_deadline(self, node: FakeIpfsNode, file_cid: Cid) -> None:
        break_blocks(node, faults.drip_headers)
        started = time.monotonic()

        with pytest.raises((DeadlineExceeded, SourceUnavailable)):
            HttpBlockSource(node.url, patience=HURRY).read_block(file_cid)
        assert time.monotonic() - started < 2.5

    @pytest.mark.attack("S23")
    def test_a_redirect_is_not_followed(self, node: FakeIpfsNode, file_cid: Cid) -> None:
        break_blocks(node, faults.redirect_elsewhere)

        with pytest.raises(SourceUnavailable):
            HttpBlockSource(node.url).read_block(file_cid)

    def test_a_gateway_that_is_away_is_worth_another_try(self) -> None:
        with pytest.raises(SourceUnavailable):
            HttpBlockSource("http://127.0.0.1:9", patience=HURRY).read_block(ABSENT)

    @pytest.mark.parametrize(
        "url",
        ["", "127.0.0.1:8080", "ftp://host", "file:///etc/passwd", "http://", "http://h?x=1", "http://h:x"],
    )
    def test_an_address_that_is_no_gateway_is_refused(self, url: str) -> None:
        with pytest.raises(InvalidSourceUrl):
            HttpBlockSource(url)


class TestNode:
    def test_every_parameter_of_add_is_explicit(self, node: FakeIpfsNode, file_cid: Cid) -> None:
        options = next(options for path, options in node.seen if path == "/api/v0/add")

        assert options["cid-version"] == "1"
        assert options["raw-leaves"] == "true"
        assert options["chunker"] == "size-1048576"
        assert options["max-file-links"] == "1024"
        assert (options["hash"], options["trickle"], options["inline"]) == ("sha2-256", "false", "false")
        assert options["pin"] == "true"

    def test_the_name_of_a_file_stays_here(self, node: FakeIpfsNode, tmp_path) -> None:
        path = tmp_path / "patients-of-ward-7.csv"
        path.write_bytes(b"a,b\n")

        with path.open("rb") as file:
            KuboStore(node.url).add_file(file)

        assert "ward" not in node.upload_headers
        assert "Abspath" not in node.upload_headers

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (faults.add_under_another_name, CidMismatch),
            (faults.forget_the_pin, PinRefused),
            (faults.lose_after_add, BlockMissing),
            (faults.fail_inside, SourceUnavailable),
            (faults.answer_html, SourceUnavailable),
            (faults.refuse_sign_in, SourceUnavailable),
            (faults.say_nothing, SourceUnavailable),
        ],
    )
    @pytest.mark.fault("F20")
    def test_an_add_that_went_wrong_is_not_taken_for_stored(
        self, node: FakeIpfsNode, fault: Fault, error: type[QommonsError]
    ) -> None:
        node.faults["/api/v0/add"] = fault
        store = KuboStore(node.url, patience=HURRY)

        with pytest.raises(error):
            store.add_file(BytesIO(CONTENT))
        with pytest.raises(error):
            store.add_block(b"text")

    @pytest.mark.fault("F20")
    def test_a_node_that_takes_an_upload_bit_by_bit_is_given_up_in_time(self, node: FakeIpfsNode) -> None:
        node.pause_seconds = 0.25
        patience = Patience(stream_seconds=0.8)
        started = time.monotonic()

        with pytest.raises(DeadlineExceeded, match="still taking"):
            KuboStore(node.url, patience=patience).add_file(BytesIO(bytes(40 * MIB)))

        assert time.monotonic() - started < 9  # all 40 would take 10
        node.pause_seconds = 0
        assert KuboStore(node.url).add_block(b"text")

    def test_an_import_that_is_not_pinned_is_refused(self, node: FakeIpfsNode, foreign_car: bytes) -> None:
        node.faults["/api/v0/dag/import"] = faults.import_without_pin

        with pytest.raises(PinRefused):
            KuboStore(node.url).import_car(BytesIO(foreign_car))

    def test_a_node_that_is_away_is_worth_another_try(self) -> None:
        store = KuboStore("http://127.0.0.1:9", patience=HURRY)

        for ask in (store.add_block, store.has, store.pin, store.is_pinned, store.read_block):
            with pytest.raises(SourceUnavailable):
                ask(b"text" if ask == store.add_block else ABSENT)

    @pytest.mark.parametrize("version", ["0.24.9", "0.4.23", "", "js-0.1"])
    def test_a_node_that_does_not_know_our_options_is_refused(self, node: FakeIpfsNode, version: str) -> None:
        node.version = version

        with pytest.raises(NodeTooOld):
            KuboStore(node.url).add_block(b"text")

    @pytest.mark.parametrize("version", ["0.25.0", "0.43.1", "0.50.0-rc1", "1.0.0"])
    def test_a_node_that_knows_our_options_is_used(self, node: FakeIpfsNode, version: str) -> None:
        node.version = version

        assert KuboStore(node.url).add_block(b"text")

    @pytest.mark.fault("F27")
    def test_node_with_too_little_room_is_told_before_a_byte_goes_there_and_takes_what_it_has(
        self, node: FakeIpfsNode, foreign_car: bytes
    ) -> None:
        store = KuboStore(node.url)
        kept = store.add_file(BytesIO(CONTENT))
        used = sum(map(len, node.blocks.values()))
        node.storage_max = used + MIB + 100
        node.seen.clear()

        with pytest.raises(StoreFull, match="needs 1,048,677 free bytes on the IPFS node; there are 1,0"):
            store.add_block(b"x" * 101)
        for keep, content in ((store.add_file, CONTENT[1:]), (store.import_car, foreign_car)):
            with pytest.raises(StoreFull):
                keep(BytesIO(content))

        assert not {"/api/v0/add", "/api/v0/dag/import"} & {path for path, _ in node.seen}
        assert store.add_file(BytesIO(CONTENT)) == kept
        assert store.add_block(b"x" * 100)

    @pytest.mark.parametrize("told", [{}, {"RepoSize": "1", "StorageMax": 10**12}, {"RepoSize": 1}])
    def test_node_that_does_not_tell_its_room_is_given_nothing(
        self, node: FakeIpfsNode, told: dict[str, object]
    ) -> None:
        node.faults["/api/v0/repo/stat"] = lambda request: request.send_json(told)

        with pytest.raises(SourceUnavailable, match="how much room"):
            KuboStore(node.url).add_block(b"text")

    def test_node_that_hangs_is_not_waited_for_when_its_room_is_asked(
        self, node: FakeIpfsNode, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("storage.kubo.ROOM_SECONDS", 0.3)
        node.faults["/api/v0/repo/stat"] = faults.say_nothing

        with pytest.raises(SourceUnavailable, match="does not answer in time"):
            KuboStore(node.url).check_room(1)

    def test_many_threads_share_one_store(self, node: FakeIpfsNode) -> None:
        store = KuboStore(node.url)
        documents = [str(number).encode() for number in range(24)]

        with ThreadPoolExecutor(6) as pool:
            cids = list(pool.map(store.add_block, documents))
            read = list(pool.map(store.read_block, cids))

        assert read == documents

    def test_no_warning_of_the_unmaintained_client_reaches_us(self, node: FakeIpfsNode) -> None:
        assert int(urllib3.__version__.split(".", maxsplit=1)[0]) < 3

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            KuboStore(node.url).add_block(b"text")

    @pytest.mark.parametrize(
        ("url", "multiaddr", "base_path", "auth"),
        [
            ("http://127.0.0.1:5001", "/ip4/127.0.0.1/tcp/5001/http", "api/v0", None),
            ("http://127.0.0.1:5001/api/v0", "/ip4/127.0.0.1/tcp/5001/http", "api/v0", None),
            ("http://[::1]:5001/", "/ip6/::1/tcp/5001/http", "api/v0", None),
            ("https://ipfs", "/dns/ipfs/tcp/443/https", "api/v0", None),
            ("https://u:p%40@ipfs/node", "/dns/ipfs/tcp/443/https", "node/api/v0", ("u", "p@")),
            ("/dns/ipfs/tcp/5001/http", "/dns/ipfs/tcp/5001/http", "api/v0", None),
        ],
    )
    def test_an_address_becomes_a_multiaddr(
        self, url: str, multiaddr: str, base_path: str, auth: tuple[str, str] | None
    ) -> None:
        address = node_address(url)

        assert (address.multiaddr, address.base_path, address.auth) == (multiaddr, base_path, auth)
        assert "p@" not in repr(address)

    @pytest.mark.parametrize("url", ["", "127.0.0.1:5001", "ftp://h", "http://", "http://h:99999"])
    def test_an_address_that_is_no_node_is_refused(self, url: str) -> None:
        with pytest.raises(InvalidSourceUrl):
            node_address(url)
