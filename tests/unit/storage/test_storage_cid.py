"""CIDs: read from every usual writing, written one way."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.cid import DAG_CBOR, DAG_PB, RAW, Cid, raw_cid
from storage.errors import InvalidCid, UnsupportedCid

HELLO = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
HELLO_HEX = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"
OLD = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"


@pytest.mark.parametrize(
    "text",
    [
        HELLO,
        "f01551220" + HELLO_HEX,
        "F01551220" + HELLO_HEX.upper(),
        "zb2rhj7crUKTQYRGCRATFaQ6YFLTde2YzdqbbhAASkL9uRDXn",
        "B" + HELLO[1:].upper(),
        "k2cwued9o1pvrt3q271rrqbo49x30tbxwpoeaq75z14e5ui2rzygpbe1",
    ],
)
def test_parse_of_any_base_gives_the_same_cid(text: str) -> None:
    assert str(Cid.parse(text)) == HELLO


def test_a_cid_is_its_codec_and_digest_as_on_chain() -> None:
    cid = raw_cid(b"hello world")

    assert (cid.version, cid.codec, cid.digest_hex) == (1, RAW, "0x" + HELLO_HEX)
    assert Cid.from_digest("0x" + HELLO_HEX) == cid
    assert Cid.from_digest(cid.digest) == cid
    assert Cid.from_digest(cid.digest, DAG_PB) != cid


def test_an_old_cid_equals_the_new_one_of_its_block() -> None:
    old = Cid.parse(OLD)

    assert (str(old), old.version, old.codec) == (OLD, 0, DAG_PB)
    assert old == old.as_v1
    assert hash(old) == hash(old.as_v1)
    assert str(old.as_v1).startswith("bafybei")
    assert Cid.from_bytes(bytes(old)) == old


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b",
        "foo",
        "Qm",
        "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3N0",
        HELLO[:-1],
        HELLO + "a",
        HELLO[:5] + HELLO[5:].upper(),
        HELLO[:-1] + "f",
        "ipfs://" + HELLO,
        HELLO + "/path",
        " " + HELLO,
        "f01551220" + HELLO_HEX[:-2],
        "f01551220 " + HELLO_HEX[:-1],
        "f8101551220" + HELLO_HEX,
        "f0055" + "1220" + HELLO_HEX,
        "z" + OLD,
        "b" * 500,
        "bé",
    ],
)
def test_parse_of_what_is_no_cid_is_refused(text: str) -> None:
    with pytest.raises(InvalidCid):
        Cid.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "f01551114" + "00" * 20,
        "f0155b22020" + HELLO_HEX,
        "f0172" + "1220" + HELLO_HEX,
        "f015500" + "05" + "0102030405",
    ],
    ids=["sha1", "blake2b", "libp2p key", "identity"],
)
def test_parse_of_another_hash_or_codec_says_that_it_is_not_read(text: str) -> None:
    with pytest.raises(UnsupportedCid):
        Cid.parse(text)


@given(st.binary(max_size=200), st.sampled_from([RAW, DAG_PB, DAG_CBOR]))
def test_any_cid_survives_text_and_bytes(block: bytes, codec: int) -> None:
    cid = Cid.of_block(block, codec)

    assert Cid.parse(str(cid)) == cid
    assert Cid.from_bytes(bytes(cid)) == cid
    assert cid.is_of(block)
    assert not cid.is_of(block + b"!")
    assert cid.digest == hashlib.sha256(block).digest()


@given(st.text(max_size=140))
def test_parse_of_any_text_gives_a_cid_or_its_own_error(text: str) -> None:
    try:
        cid = Cid.parse(text)
    except (InvalidCid, UnsupportedCid):
        return
    assert Cid.parse(str(cid)) == cid


@given(st.binary(max_size=80))
def test_reading_any_bytes_gives_a_cid_or_its_own_error(raw: bytes) -> None:
    try:
        cid = Cid.from_bytes(raw)
    except (InvalidCid, UnsupportedCid):
        return
    assert bytes(cid) == raw
