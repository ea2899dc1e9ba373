"""Accounts and signatures, so that callers need no web3: checksums, recovery, a wallet for tests."""

from typing import TYPE_CHECKING, Any

from eth_account import Account
from eth_account.messages import SignableMessage, encode_defunct, encode_typed_data
from eth_keys.exceptions import BadSignature, ValidationError
from eth_utils import is_address, to_checksum_address

from chain.abi import Call
from chain.abi_types import hex_to_bytes
from chain.errors import InvalidArguments, InvalidSignature, UndecodableData
from chain.fees import fee_offer, with_headroom

if TYPE_CHECKING:
    from chain.client import ChainClient

ZERO_ADDRESS = "0x" + "00" * 20
NO_DIGEST = "0x" + "00" * 32
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def checksum(address: str) -> str:
    """The address in checksum case (EIP-55); raises InvalidArguments for anything else.

    >>> checksum("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
    """
    if not isinstance(address, str) or not is_address(address) or not address.startswith("0x"):
        raise InvalidArguments(f"not an address: {str(address)[:60]}", field="address")
    given, whole = address[2:], str(to_checksum_address(address))
    if given not in (given.lower(), given.upper(), whole[2:]):
        raise InvalidArguments(f"a letter of the address is wrong: {address}", field="address")
    return whole


def recover_personal_sign(message: str, signature: str) -> str:
    """Who signed this text with personal_sign (EIP-191); raises InvalidSignature."""
    return _recover(encode_defunct(text=message), signature)


def recover_typed_data(message: dict[str, Any], signature: str) -> str:
    """Who signed this full EIP-712 message; raises InvalidSignature."""
    return _recover(encode_typed_data(full_message=message), signature)


class LocalWallet:
    """A wallet whose key this process holds: for the demo and for tests, never for the sender."""

    def __init__(self, private_key: str | bytes) -> None:
        self._account = Account.from_key(private_key)
        self.address: str = self._account.address

    @classmethod
    def create(cls) -> "LocalWallet":
        """A wallet with a fresh random key."""
        return cls(Account.create().key)

    @property
    def private_key(self) -> str:
        return "0x" + bytes(self._account.key).hex()

    def personal_sign(self, text: str) -> str:
        """The 65-byte signature over the text as "0x" hex."""
        return _hex(self._account.sign_message(encode_defunct(text=text)).signature)

    def sign_typed_data(self, message: dict[str, Any]) -> str:
        """The 65-byte signature over a full EIP-712 message as "0x" hex."""
        return _hex(self._account.sign_typed_data(full_message=message).signature)

    def sign_transaction(self, fields: dict[str, Any]) -> bytes:
        """The raw signed transaction of these fields."""
        return bytes(self._account.sign_transaction(fields).raw_transaction)

    def send(self, client: "ChainClient", call: Call) -> str:
        """Signs the call with the next nonce, broadcasts it, and gives the transaction's hash.

        Raises CallReverted before anything is sent where the node foresees a revert.
        """
        gas = with_headroom(client.estimate_gas(call, self.address))
        offer = fee_offer(client.base_fee(), client.priority_fee())
        raw = self.sign_transaction(
            {
                "type": 2,
                "chainId": client.chain_id,
                "nonce": client.transaction_count(self.address, "pending"),
                "to": checksum(call.to),
                "data": call.data_hex,
                "value": call.value,
                "gas": gas,
                "maxFeePerGas": offer.max_fee,
                "maxPriorityFeePerGas": offer.priority_fee,
            }
        )
        return client.send_raw(raw)


def split_signature(signature: str) -> tuple[int, str, str]:
    """(v, r, s) of a 65-byte signature, as permit and delegateBySig take them."""
    raw = _strict_bytes(signature)
    return raw[64], _hex(raw[:32]), _hex(raw[32:64])


def _recover(signable: SignableMessage, signature: str) -> str:
    raw = _strict_bytes(signature)
    try:
        return str(Account.recover_message(signable, signature=raw))
    except (BadSignature, ValidationError, ValueError) as error:
        raise InvalidSignature("the signature was made by nobody over this message") from error


def _strict_bytes(signature: str) -> bytes:
    """The signature's bytes, where it is the one accepted form: 65 bytes, v 27 or 28, s in the lower half."""
    try:
        raw = hex_to_bytes(signature) if isinstance(signature, str) else b""
    except UndecodableData as error:
        raise InvalidSignature("the signature is not hex") from error
    if len(raw) != 65:
        raise InvalidSignature(f"a signature has 65 bytes, not {len(raw)}")
    if raw[64] not in (27, 28):
        raise InvalidSignature("the signature's last byte must be 27 or 28")
    if int.from_bytes(raw[32:64], "big") > _HALF_ORDER:
        raise InvalidSignature(
            "the signature's s is in the upper half: anyone could have made it from another"
        )
    return raw


def _hex(raw: bytes) -> str:
    return "0x" + bytes(raw).hex()
