"""Keys of our own accounts. Only the sender process reads them; nothing here is logged."""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from eth_utils import to_checksum_address
from hexbytes import HexBytes

from chain.abi import Call
from chain.errors import UnusableKey


@dataclass(frozen=True)
class SignedTransaction:
    """The bytes to broadcast and the hash that they will have on chain."""

    raw: bytes
    tx_hash: str


class Signer:
    """An account of ours by the name of its key file."""

    def __init__(self, name: str, private_key: bytes) -> None:
        self.name = name
        self._account = Account.from_key(private_key)
        self.address: str = self._account.address

    def sign(self, fields: dict[str, Any]) -> SignedTransaction:
        """Signs an EIP-1559 transaction."""
        signed = self._account.sign_transaction({**fields, "to": to_checksum_address(fields["to"])})
        return SignedTransaction(bytes(signed.raw_transaction), "0x" + bytes(signed.hash).hex())

    def __repr__(self) -> str:
        return f"Signer({self.name}, {self.address})"


def read_signer(keys_dir: Path, name: str) -> Signer:
    """The signer whose key lies in <keys_dir>/<name>.key."""
    return Signer(name, read_key(keys_dir / f"{name}.key"))


def read_key(file: Path) -> bytes:
    """32 bytes from a file of hex that nobody but its owner may read (0600); raises UnusableKey."""
    try:
        mode = file.stat().st_mode
        text = file.read_text().strip()
    except OSError as error:
        raise UnusableKey(f"the key {file.stem} cannot be read") from error
    if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnusableKey(f"the key {file.stem} is readable by others: chmod 600 its file")
    try:
        key = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raise UnusableKey(f"the key {file.stem} is not hex") from None
    if len(key) != 32:
        raise UnusableKey(f"the key {file.stem} has {len(key)} bytes, not 32")
    return key


def create_key(file: Path) -> bytes:
    """A fresh random key in a new private file; raises FileExistsError rather than replace one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = secrets.token_bytes(32)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(key.hex())
    return key


def call_of(raw: bytes) -> Call:
    """What a signed EIP-1559 transaction does."""
    fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return Call(to=to_checksum_address(fields["to"]), data=bytes(fields["data"]), value=int(fields["value"]))
