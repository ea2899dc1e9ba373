"""The keys that a local stack makes for itself, each in a private file; never printed, never in a log."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.accounts import LocalWallet
from config.stack.errors import StackError
from storage.age.key_file import ensure_identity

VERIFIERS = ("verifier-1", "verifier-2", "verifier-3")
WALLETS = ("deployer", "executor", "faucet", "relayer", "demo-member", *VERIFIERS)
SIGNING_KEY = "executor-signing"
EXECUTOR_AGE_KEY = "executor-age"
RELEASE_AGE_KEY = "release-age"
VERIFIER_SIGNING_KEY = "verifier-signing"
VERIFIER_AGE_KEY = "verifier-age"


@dataclass(frozen=True)
class StackKeys:
    """Addresses of the stack's wallets by name; public Ed25519 keys as "0x" hex and age recipients, of the
    executor and of the verifiers, which share theirs."""

    addresses: dict[str, str]
    signing_key: str
    age_recipient: str
    verifier_signing_key: str
    verifier_recipient: str


def ensure_keys(keys_dir: Path) -> StackKeys:
    """Makes the keys that are missing (0600, hex) and gives what may be known of them."""
    addresses = {name: LocalWallet(_ensure(keys_dir / f"{name}.key")).address for name in WALLETS}
    ensure_identity(keys_dir / f"{RELEASE_AGE_KEY}.key")
    return StackKeys(
        addresses,
        _signing_key(keys_dir / f"{SIGNING_KEY}.key"),
        str(ensure_identity(keys_dir / f"{EXECUTOR_AGE_KEY}.key")),
        _signing_key(keys_dir / f"{VERIFIER_SIGNING_KEY}.key"),
        str(ensure_identity(keys_dir / f"{VERIFIER_AGE_KEY}.key")),
    )


def read_key(keys_dir: Path, name: str) -> str:
    """The wallet's private key as hex digits."""
    return _read(keys_dir / f"{name}.key")


def _signing_key(file: Path) -> str:
    """The public half of the file's Ed25519 key, as "0x" hex."""
    seed = bytes.fromhex(_ensure(file))
    return "0x" + Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def _ensure(file: Path) -> str:
    """The key in the file, made now where there is none; linked into place, so no half key is read."""
    if not file.exists():
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_hex(32))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass  # another process was first; its key stands
        finally:
            draft.unlink()
    return _read(file)


def _read(file: Path) -> str:
    try:
        text = file.read_text().strip().removeprefix("0x")
        is_key = len(bytes.fromhex(text)) == 32
    except OSError as error:
        raise StackError(f"the key {file.name} cannot be read: {error.strerror}") from error
    except ValueError:
        is_key = False
    if not is_key:
        raise StackError(f"{file} does not hold a key of 64 hex digits; restore it or move it away")
    return text
