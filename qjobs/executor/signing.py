"""The executor's Ed25519 key, which signs run records; only the sender's process reads it."""

from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from chain.signer import create_key, read_key

KEY_NAME = "executor-signing"


def key_file() -> Path:
    """Where the key's seed lies: 64 hex digits, readable by its owner alone."""
    return Path(settings.KEYS_DIR) / f"{KEY_NAME}.key"


def signing_key() -> Ed25519PrivateKey:
    """The key; raises UnusableKey where its file is missing, malformed, or readable by others."""
    return Ed25519PrivateKey.from_private_bytes(read_key(key_file()))


def ensure_signing_key() -> Ed25519PrivateKey:
    """The key; made with the system's randomness where there is none yet."""
    with suppress(FileExistsError):
        create_key(key_file())
    return signing_key()


def public_key_hex(key: Ed25519PrivateKey) -> str:
    """The public key as the ExecutorRegistry holds it: "0x" + 64 hex digits."""
    return "0x" + key.public_key().public_bytes_raw().hex()
