"""Addresses and signatures: one accepted form, everything else refused."""

import pytest

from chain.accounts import LocalWallet, checksum, recover_personal_sign, recover_typed_data, split_signature
from chain.errors import InvalidArguments, InvalidSignature
from chain.typed_data import ballot, delegation, permit

# The first account of the well-known development mnemonic "test test ... junk".
KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
TEXT = "localhost wants you to sign in\nNonce: 12345678"


@pytest.fixture
def holder() -> LocalWallet:
    return LocalWallet(KEY)


def test_wallet_has_the_address_of_its_key(holder):
    assert holder.address == ADDRESS
    assert holder.private_key == KEY


def test_fresh_wallets_differ():
    assert LocalWallet.create().address != LocalWallet.create().address


def test_checksum_gives_the_one_form():
    assert checksum(ADDRESS.lower()) == ADDRESS


@pytest.mark.parametrize(
    "text", ["", "0x", ADDRESS[2:], ADDRESS[:-1], ADDRESS.replace("d", "D", 1), "0x" + "g" * 40]
)
def test_checksum_refuses_what_is_no_address(text):
    with pytest.raises(InvalidArguments):
        checksum(text)


def test_signer_of_a_text_is_recovered(holder):
    assert recover_personal_sign(TEXT, holder.personal_sign(TEXT)) == ADDRESS


def test_signature_over_another_text_names_somebody_else(holder):
    assert recover_personal_sign(TEXT + " ", holder.personal_sign(TEXT)) != ADDRESS


@pytest.mark.attack("S06")
@pytest.mark.parametrize("spoil", ["short", "long", "empty", "not hex", "no prefix", "v", "zero", "high s"])
def test_malformed_and_malleable_signatures_are_refused(holder, spoil):
    good = holder.personal_sign(TEXT)
    r, s, v = good[2:66], int(good[66:130], 16), int(good[130:], 16)
    spoilt = {
        "short": good[:-2],
        "long": good + "00",
        "empty": "0x",
        "not hex": "0x" + "zz" * 65,
        "no prefix": good[2:],
        "v": good[:-2] + "1d",
        "zero": "0x" + "00" * 64 + "1b",
        "high s": f"0x{r}{ORDER - s:064x}{55 - v:02x}",
    }[spoil]

    with pytest.raises(InvalidSignature):
        recover_personal_sign(TEXT, spoilt)


def test_signature_splits_into_v_r_s(holder):
    signature = holder.personal_sign(TEXT)

    v, r, s = split_signature(signature)

    assert signature == r + s[2:] + f"{v:02x}"


@pytest.mark.attack("S05")
@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("chain_id", 1),
        ("token", "0x" + "22" * 20),
        ("nonce", 1),
        ("deadline", 5),
        ("value", 8),
        ("name", "X"),
    ],
)
def test_permit_for_one_place_is_no_permit_for_another(holder, change, value):
    terms = {
        "token": "0x" + "11" * 20,
        "owner": ADDRESS,
        "spender": "0x" + "33" * 20,
        "value": 7,
        "nonce": 0,
        "deadline": 4,
        "name": "Test Dollar",
        "chain_id": 31337,
    }
    signature = holder.sign_typed_data(permit(**terms))

    assert recover_typed_data(permit(**terms), signature) == ADDRESS
    assert recover_typed_data(permit(**{**terms, change: value}), signature) != ADDRESS


def test_typed_messages_name_domain_and_fields_in_the_published_order():
    message = permit(
        token=ADDRESS, owner=ADDRESS, spender=ADDRESS, value=2**255, nonce=0, deadline=1, name="T", chain_id=1
    )

    assert [f["name"] for f in message["types"]["Permit"]] == [
        "owner",
        "spender",
        "value",
        "nonce",
        "deadline",
    ]
    assert message["message"]["value"] == str(2**255)
    assert message["domain"] == {"name": "T", "version": "1", "chainId": "1", "verifyingContract": ADDRESS}


def test_ballot_and_delegation_are_signed_and_recovered(holder):
    vote = ballot(
        governor=ADDRESS, proposal_id=2**250, support=1, voter=ADDRESS, nonce=0, name="G", chain_id=31337
    )
    hand_over = delegation(token=ADDRESS, delegatee=ADDRESS, nonce=0, expiry=9, name="V", chain_id=31337)

    assert recover_typed_data(vote, holder.sign_typed_data(vote)) == ADDRESS
    assert recover_typed_data(hand_over, holder.sign_typed_data(hand_over)) == ADDRESS
