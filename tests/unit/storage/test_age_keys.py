"""Keys of sealed files: their texts, what is refused, and that no secret slips out."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.age.bech32 import decode_bech32, encode_bech32
from storage.age.errors import InvalidKey, NotQuantumSafe
from storage.age.file_key import FileKey
from storage.age.keys import Identity, Recipient, parse_identities, wrapped_for

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/age/hybrid.json").read_text())
SECRET = VECTORS["identity"]
PUBLIC = VECTORS["recipient"]


@given(st.binary(max_size=80))
@settings(max_examples=50, deadline=None)
def test_bech32_gives_the_payload_back(payload: bytes) -> None:
    assert decode_bech32(encode_bech32("age1pq", payload)) == ("age1pq", payload)


@given(st.integers(0, len(SECRET) - 1), st.sampled_from("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L1-b"))
@settings(max_examples=60, deadline=None)
def test_one_wrong_character_is_noticed(at: int, character: str) -> None:
    wrong = SECRET[:at] + character + SECRET[at + 1 :]

    if wrong != SECRET:
        with pytest.raises(InvalidKey):
            Identity.parse(wrong)


def test_the_published_bech32_examples_are_read() -> None:
    assert decode_bech32("A12UEL5L") == ("a", b"")
    assert encode_bech32("a", b"") == "a12uel5l"


@pytest.mark.parametrize(
    "text", ["", "1", "12uel5l", "a1", "a12uel5", "A12uel5l", "a12uel5m", "a1b2uel5l", "ä12uel5l"]
)
def test_what_is_not_bech32_is_refused(text: str) -> None:
    with pytest.raises(InvalidKey):
        decode_bech32(text)


def test_the_seed_of_the_vector_gives_its_two_texts() -> None:
    identity = Identity(bytes.fromhex(VECTORS["seed"]))

    assert (identity.reveal(), identity.recipient.text) == (SECRET, PUBLIC)
    assert Identity.parse(SECRET).recipient == Recipient.parse(PUBLIC) == identity.recipient


def test_two_generated_identities_differ() -> None:
    assert Identity.generate().recipient != Identity.generate().recipient


@pytest.mark.parametrize(
    "text",
    [
        SECRET.lower(),
        PUBLIC,
        encode_bech32("age-secret-key-pq-", bytes(31)).upper(),
        encode_bech32("age-secret-key-", bytes(32)).upper(),
        SECRET[:-1],
        f" {SECRET}",
        "",
    ],
)
def test_what_is_not_an_identity_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidKey) as refused:
        Identity.parse(text)

    assert SECRET[20:40].lower() not in refused.getrepr(style="short").reprcrash.message.lower()  # type: ignore[union-attr]
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "text", [PUBLIC.upper(), SECRET, PUBLIC[:-1], encode_bech32("age1pq", bytes(1215)), "", "1"]
)
def test_what_is_not_a_recipient_is_refused(text: str) -> None:
    with pytest.raises(InvalidKey):
        Recipient.parse(text)


def test_a_recipient_whose_lattice_key_is_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidKey):
        Recipient.parse(encode_bech32("age1pq", b"\xff" * 1216))


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31)])
def test_a_recipient_with_a_point_of_low_order_is_refused(point: bytes) -> None:
    sound = decode_bech32(PUBLIC)[1]

    with pytest.raises(InvalidKey, match="two sound keys"):
        Recipient.parse(encode_bech32("age1pq", sound[:-32] + point))


def test_a_text_longer_than_any_key_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(InvalidKey, match="too long"):
        Recipient.parse("age1pq1" + "q" * 10_000_000)


@pytest.mark.parametrize(
    "text", [encode_bech32("age", bytes(32)), "ssh-ed25519 AAAA", encode_bech32("age1tag", bytes(33))]
)
def test_a_recipient_that_a_quantum_computer_opens_is_refused_by_name(text: str) -> None:
    with pytest.raises(NotQuantumSafe, match="quantum-safe"):
        Recipient.parse(text)


def test_no_secret_is_in_a_repr_and_an_identity_is_not_pickled() -> None:
    identity = Identity.parse(SECRET)

    assert SECRET not in f"{identity!r} {identity} {vars(type(identity))}"
    assert "secret" not in repr(FileKey(b"secret bytes 16."))
    with pytest.raises(TypeError):
        pickle.dumps(identity)


def test_a_key_file_may_hold_comments_and_several_identities() -> None:
    other = Identity.generate()

    read = parse_identities(f"# made today\n{SECRET}\n\n{other.reveal()}\n")

    assert [identity.recipient.text for identity in read] == [PUBLIC, other.recipient.text]


@pytest.mark.parametrize(("text", "message"), [("", "no identity"), (f"# one\n{SECRET}X\n", "line 2")])
def test_a_wrong_key_file_is_refused_by_its_line(text: str, message: str) -> None:
    with pytest.raises(InvalidKey, match=message) as refused:
        parse_identities(text)

    assert SECRET not in str(refused.value)


def test_a_header_needs_a_recipient_and_names_each_once() -> None:
    recipient = Recipient.parse(PUBLIC)

    with pytest.raises(InvalidKey):
        wrapped_for(FileKey.fresh(), [])
    assert len(wrapped_for(FileKey.fresh(), [recipient, Recipient.parse(PUBLIC)]).stanzas) == 1
