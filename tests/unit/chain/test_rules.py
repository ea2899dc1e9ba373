"""Fees, blooms, keys: the small pure parts."""

import stat

import pytest
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from chain.errors import UnusableKey
from chain.fees import FeeOffer, fee_offer, replacement_offer, with_headroom
from chain.indexer.bloom import may_hold, may_hold_log
from chain.signer import Signer, call_of, create_key, read_key, read_signer

GWEI = 10**9


def test_offer_stays_good_while_the_base_fee_doubles():
    assert fee_offer(10 * GWEI, 2 * GWEI) == FeeOffer(max_fee=22 * GWEI, priority_fee=2 * GWEI)


def test_offer_on_a_chain_without_fees_still_gives_the_maker_something():
    assert fee_offer(0, 0).priority_fee > 0


@given(max_fee=st.integers(1, 2**80), priority=st.integers(1, 2**80), base=st.integers(0, 2**60))
def test_replacement_raises_both_fees_by_a_tenth_and_meets_the_market(max_fee, priority, base):
    market = fee_offer(base, GWEI)

    offer = replacement_offer(FeeOffer(max_fee, priority), market)

    assert offer.max_fee * 10 >= max_fee * 11
    assert offer.priority_fee * 10 >= priority * 11
    assert offer.max_fee >= market.max_fee
    assert offer.priority_fee >= market.priority_fee


def test_gas_limit_has_a_fifth_of_headroom():
    assert with_headroom(100_000) == 120_000


def bloom_of(*items: bytes) -> bytes:
    """The bloom as the yellow paper builds it."""
    bits = 0
    for item in items:
        digest = keccak(item)
        for pair in (digest[0:2], digest[2:4], digest[4:6]):
            bits |= 1 << (int.from_bytes(pair, "big") % 2048)
    return bits.to_bytes(256, "big")


@given(items=st.lists(st.binary(min_size=20, max_size=32), min_size=1, max_size=20))
def test_bloom_never_denies_what_is_there(items):
    bloom = bloom_of(*items)

    assert all(may_hold(bloom, item) for item in items)


def test_bloom_needs_both_an_address_and_a_topic_of_ours():
    board, topic, stranger = b"\x01" * 20, b"\x02" * 32, b"\x03" * 20

    assert may_hold_log(bloom_of(board, topic), [board], [topic])
    assert not may_hold_log(bloom_of(stranger, topic), [board], [topic])
    assert not may_hold_log(bytes(256), [board], [topic])


def test_created_key_is_private_and_reads_back(tmp_path):
    key = create_key(tmp_path / "keys" / "executor.key")

    assert stat.S_IMODE((tmp_path / "keys" / "executor.key").stat().st_mode) == 0o600
    assert read_signer(tmp_path / "keys", "executor").address == Signer("executor", key).address


def test_existing_key_is_never_replaced(tmp_path):
    create_key(tmp_path / "executor.key")

    with pytest.raises(FileExistsError):
        create_key(tmp_path / "executor.key")


def test_key_that_others_may_read_is_not_used(tmp_path):
    create_key(tmp_path / "executor.key")
    (tmp_path / "executor.key").chmod(0o644)

    with pytest.raises(UnusableKey, match="readable by others"):
        read_key(tmp_path / "executor.key")


@pytest.mark.parametrize("content", ["", "zz", "ab" * 31, "ab" * 33])
def test_malformed_key_is_not_used_and_not_shown(tmp_path, content):
    file = tmp_path / "executor.key"
    file.write_text(content)
    file.chmod(0o600)

    with pytest.raises(UnusableKey) as refusal:
        read_key(file)

    assert not content or content not in refusal.value.message


def test_missing_key_is_named_without_its_folder(tmp_path):
    with pytest.raises(UnusableKey, match="the key faucet cannot be read") as refusal:
        read_signer(tmp_path, "faucet")

    assert str(tmp_path) not in refusal.value.message


def test_signer_does_not_show_its_key():
    key = b"\x11" * 32

    assert key.hex() not in repr(Signer("executor", key))


def test_signed_bytes_tell_what_they_do():
    signed = Signer("executor", b"\x11" * 32).sign(
        {
            "type": 2,
            "chainId": 31337,
            "nonce": 5,
            "to": "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "data": "0x0102",
            "value": 9,
            "gas": 21_000,
            "maxFeePerGas": 2 * GWEI,
            "maxPriorityFeePerGas": GWEI,
        }
    )

    call = call_of(signed.raw)

    assert signed.tx_hash == "0x" + keccak(signed.raw).hex()
    assert (call.to, call.data, call.value) == ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", b"\x01\x02", 9)
