"""DSSE envelopes signed with Ed25519 (RFC 8032; secure-systems-lab/dsse, protocol version 1).

What is signed is the pre-authentication encoding "DSSEv1 len type len body", so that neither the type nor the
bounds of the payload can be argued about.
"""

import base64
import binascii
import hashlib
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from common.errors import InvalidInput, PermanentError
from common.strict_json import NotJson, strict_loads

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_ENVELOPE_BYTES = 2**20
PUBLIC_KEY_BYTES = 32


class EnvelopeRefused(InvalidInput):
    """The block is no envelope of a run record."""

    code = "envelope_refused"


class SignatureWrong(PermanentError):
    """No signature of the envelope is by the expected key."""

    code = "signature_wrong"


def sign(statement: bytes, key: Ed25519PrivateKey) -> bytes:
    """The envelope in canonical form; Ed25519 is deterministic, so equal statements give equal bytes."""
    return rfc8785.dumps(
        {
            "payloadType": PAYLOAD_TYPE,
            "payload": base64.b64encode(statement).decode(),
            "signatures": [
                {
                    "keyid": key_id(key.public_key().public_bytes_raw()),
                    "sig": base64.b64encode(key.sign(pre_authentication(PAYLOAD_TYPE, statement))).decode(),
                }
            ],
        }
    )


def verify_envelope(envelope: bytes, public_key: bytes) -> dict[str, Any]:
    """The signed statement, read only after one signature by `public_key` (32 raw bytes) was found right.

    Raises `EnvelopeRefused` or `SignatureWrong`.
    """
    payload, signatures = _opened(envelope)
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise SignatureWrong(f"an Ed25519 key has {PUBLIC_KEY_BYTES} bytes, not {len(public_key)}")
    signed = pre_authentication(PAYLOAD_TYPE, payload)
    if not any(_is_by(public_key, signature, signed) for signature in signatures):
        raise SignatureWrong(f"no signature is by key {key_id(public_key)}")
    return _statement(payload)


def unverified_statement(envelope: bytes) -> dict[str, Any]:
    """The statement without any check of who signed it, to say what a forged record claims."""
    return _statement(_opened(envelope)[0])


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """PAE of the DSSE specification.

    >>> pre_authentication("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    return b"DSSEv1 %d %s %d %s" % (len(payload_type.encode()), payload_type.encode(), len(payload), payload)


def key_id(public_key: bytes) -> str:
    """A name for a key: the first 16 hex digits of its sha2-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def _is_by(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _opened(envelope: bytes) -> tuple[bytes, list[bytes]]:
    if len(envelope) > MAX_ENVELOPE_BYTES:
        raise EnvelopeRefused(f"the envelope has {len(envelope)} bytes; the limit is {MAX_ENVELOPE_BYTES}")
    try:
        document = strict_loads(envelope)
        payload = base64.b64decode(document["payload"], validate=True)
        signatures = [base64.b64decode(each["sig"], validate=True) for each in document["signatures"]]
        payload_type = document["payloadType"]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise EnvelopeRefused("the block is no DSSE envelope") from error
    if payload_type != PAYLOAD_TYPE:
        raise EnvelopeRefused(f"the payload is {str(payload_type)[:80]!r}, not {PAYLOAD_TYPE}")
    return payload, signatures


def _statement(payload: bytes) -> dict[str, Any]:
    try:
        statement = strict_loads(payload)
    except NotJson as error:
        raise EnvelopeRefused("the payload is not JSON") from error
    if not isinstance(statement, dict):
        raise EnvelopeRefused("the payload is no statement")
    return statement
