"""Nonces given and spent, wallets proven."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.errors import AccountClosed, NonceSpent
from accounts.models import SignInNonce, User
from accounts.rules import NONCE_LIFETIME, SiteTerms, check_message, new_message
from accounts.siwe.message import SiweMessage, parse
from accounts.wallets import check_signed_by
from chain.accounts import ZERO_ADDRESS, checksum

NONCE_BYTES = 16
NONCES_A_SESSION = 10


def site_terms() -> SiteTerms:
    """What sign-in messages must say here, from the settings."""
    return SiteTerms(site_url=settings.SITE_URL, chain_id=settings.CHAIN_ID)


def offer_message(*, session_key: str, address: str | None, now: datetime) -> SiweMessage:
    """A message to sign with a fresh nonce of this session; without an address it names the zero address."""
    wallet = ZERO_ADDRESS if address is None else checksum(address)
    nonce = issue_nonce(session_key=session_key, now=now)
    return new_message(terms=site_terms(), address=wallet, nonce=nonce, now=now)


@transaction.atomic
def issue_nonce(*, session_key: str, now: datetime) -> str:
    """A nonce of 128 random bits that this session may spend once within five minutes."""
    digest = _digest(session_key)
    SignInNonce.objects.filter(expires_at__lte=now).delete()
    older = SignInNonce.objects.filter(session_digest=digest).order_by("-id")[NONCES_A_SESSION - 1 :]
    SignInNonce.objects.filter(pk__in=list(older.values_list("pk", flat=True))).delete()
    nonce = secrets.token_hex(NONCE_BYTES)
    SignInNonce.objects.create(nonce=nonce, session_digest=digest, expires_at=now + NONCE_LIFETIME)
    return nonce


@transaction.atomic
def prove_wallet(*, text: str, signature: str, session_key: str, now: datetime) -> User:
    """The user of the wallet that signed this message; spends the message's nonce.

    Raises InvalidMessage or one of the Wrong... errors for what is wrong with message or signature,
    NonceSpent where the nonce is not this session's to spend, AccountClosed.
    """
    message = parse(text)
    check_message(message, terms=site_terms(), now=now)
    check_signed_by(message.address, text=text, signature=signature)
    _spend_nonce(message.nonce, session_key=session_key, now=now)
    user = User.objects.filter(address=message.address).first() or _new_user(message.address)
    if not user.is_active:
        raise AccountClosed("this account may not sign in")
    return user


def _spend_nonce(nonce: str, *, session_key: str, now: datetime) -> None:
    """One atomic DELETE: of any number of parallel sign-ins with one nonce, exactly one finds the row."""
    spent, _ = SignInNonce.objects.filter(
        nonce=nonce, session_digest=_digest(session_key), expires_at__gt=now
    ).delete()
    if spent != 1:
        raise NonceSpent("this sign-in message was used already, has expired, or was made in another browser")


def _new_user(address: str) -> User:
    user, _ = User.objects.get_or_create(address=address, defaults={"password": _unusable_password()})
    return user


def _unusable_password() -> str:
    user = User()
    user.set_unusable_password()
    return user.password


def _digest(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()
