"""Grants: a right that was checked, turned into a token that is good for some minutes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from marketplace.errors import NotReleased
from marketplace.models import AccessPass, ContentKey, ReleaseGrant, Right, SubjectKind
from marketplace.release.files import header_for
from marketplace.release.rights import DownloadRight, Subject, check_right, sealed_file_of
from storage.age.keys import Recipient

TOKEN_BYTES = 32


@dataclass(frozen=True)
class Granted:
    """The grant, and where its bearer gets the file."""

    grant: ReleaseGrant
    url: str


@sensitive_variables("token")
def grant_download(*, wallet: str, token_id: int, version: int, recipient: Recipient | None) -> Granted:
    """A grant for a wallet with a download pass: the sealed file for its recipient, or None: opened.

    Raises NotReleased, the same whether dataset, version, key or right is missing.
    """
    subject = sealed_file_of(token_id, version)
    right = _download_right(wallet, subject)
    if right is None or not ContentKey.objects.filter(cid=subject.cid).exists():
        raise NotReleased
    check_right(right, subject)
    _forget_expired()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    grant = ReleaseGrant.objects.create(
        token_digest=token_digest(token),
        pass_id=right.pass_id,
        holder=right.holder,
        token_id=subject.token_id,
        version=subject.version,
        cid=subject.cid,
        recipient=str(recipient or ""),
        expires_at=timezone.now() + timedelta(seconds=settings.RELEASE_GRANT_SECONDS),
    )
    return Granted(grant, f"{settings.RELEASE_URL}/release/{token}")


def find_grant(token: str) -> ReleaseGrant:
    """The grant of a token that is still good, which says nothing of the right; raises NotReleased."""
    grant = ReleaseGrant.objects.filter(
        token_digest=token_digest(token), expires_at__gt=timezone.now()
    ).first()
    if grant is None:
        raise NotReleased
    return grant


def right_of(grant: ReleaseGrant) -> tuple[DownloadRight, Subject]:
    """What the chain must confirm before a byte goes out by this grant."""
    return (
        DownloadRight(grant.pass_id, grant.holder),
        Subject(grant.token_id, grant.version, grant.cid),
    )


def header_of(grant: ReleaseGrant) -> bytes:
    """The header for the recipient, made once so that ranges of a grant fit together. Service only."""
    if grant.header is None:
        made = header_for(grant.cid, Recipient.parse(grant.recipient))
        ReleaseGrant.objects.filter(pk=grant.pk, header=None).update(header=made)
        grant.refresh_from_db(fields=["header"])
    return bytes(grant.header or b"")


def token_digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _download_right(wallet: str, subject: Subject) -> DownloadRight | None:
    """The wallet's newest download pass by our rows; the chain itself is asked afterwards."""
    held = AccessPass.objects.filter(
        holder=wallet,
        subject_kind=SubjectKind.DATASET,
        subject_id=subject.token_id,
        right=Right.DOWNLOAD,
        first_version__lte=subject.version,
        is_revoked=False,
    ).order_by("-expires_at", "-pass_id")
    now = timezone.now().timestamp()
    return next(
        (DownloadRight(row.pass_id, wallet) for row in held if not row.expires_at or row.expires_at > now),
        None,
    )


def _forget_expired() -> None:
    ReleaseGrant.objects.filter(expires_at__lt=timezone.now()).delete()
