"""API keys: made, checked and revoked. Only a key's digest is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import ApiKey, User
from common.errors import Conflict, NotFound

PREFIX = "qk_"
KEY_BYTES = 32
SHOWN_CHARACTERS = 10
KEYS_A_WALLET = 20
LAST_USE_PRECISION = timedelta(minutes=1)


def keys_of(owner: User) -> QuerySet[ApiKey]:
    """The wallet's keys that still open something, newest first: the one place that says whose a key is."""
    return ApiKey.objects.filter(owner=owner, revoked_at=None)


@transaction.atomic
def create_key(*, owner: User, name: str, scope: str) -> tuple[ApiKey, str]:
    """A new key: its row, and the key itself, which nobody is told again. Raises Conflict at the limit."""
    User.objects.select_for_update().get(pk=owner.pk)
    if keys_of(owner).count() >= KEYS_A_WALLET:
        raise Conflict(f"A wallet has at most {KEYS_A_WALLET} keys. Revoke one that is not in use.")
    key = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    row = ApiKey.objects.create(
        owner=owner, name=name, scope=scope, start=key[:SHOWN_CHARACTERS], digest=_digest(key)
    )
    return row, key


def revoke_key(*, owner: User, key_id: int, now: datetime) -> None:
    """Closes a key of this wallet at once. Raises NotFound for any other key."""
    if not keys_of(owner).filter(pk=key_id).update(revoked_at=now):
        raise NotFound("This wallet has no such key.")


def find_key(key: str, *, now: datetime) -> ApiKey | None:
    """The open key of an active wallet; notes its use."""
    row = (
        ApiKey.objects.select_related("owner")
        .filter(digest=_digest(key), revoked_at=None, owner__is_active=True)
        .first()
    )
    if row is not None:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - LAST_USE_PRECISION)
        ApiKey.objects.filter(unnoted, pk=row.pk).update(last_used_at=now)
    return row


def _digest(key: str) -> str:
    """256 random bits need no slow hash: nobody guesses them."""
    return hashlib.sha256(key.encode()).hexdigest()
