"""Grants: a right that was checked, turned into a token that is good for some minutes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from marketplace.errors import NotReleased
from marketplace.models import AccessPass, ReleaseGrant, Right, SubjectKind
from marketplace.release.files import header_for
from marketplace.release.rights import (
    MODEL_VERSION,
    DownloadRight,
    OwnerRight,
    PredictRight,
    ReleaseRight,
    check_right,
)
from marketplace.release.subjects import DatasetFile, Subject, dataset_file, model_file
from storage.age.keys import Recipient

TOKEN_BYTES = 32


@dataclass(frozen=True)
class Granted:
    """The grant, and where its bearer gets the file."""

    grant: ReleaseGrant
    url: str


def grant_download(*, wallet: str, token_id: int, version: int, recipient: Recipient | None) -> Granted:
    """A grant for a wallet with a download pass: the sealed file for its recipient, or None: opened.

    Raises NotReleased, the same whether dataset, version, key or right is missing.
    """
    subject = dataset_file(token_id, version)
    right = _download_right(wallet, subject)
    if right is None:
        raise NotReleased
    check_right(right, subject)
    return _granted(
        pass_id=right.pass_id,
        holder=wallet,
        token_id=token_id,
        version=version,
        cid=subject.cid,
        recipient=recipient,
    )


def grant_model_file(
    *, wallet: str, token_id: int, name: str, recipient: Recipient | None, pass_id: int = 0
) -> Granted:
    """A grant of a model's sealed file for the wallet that holds the token; raises NotReleased.

    With a pass to predict it is the site's own, which opens the file to answer the holder of the pass: the
    recipient is then one that the site made for this prediction, and only the header is given.
    """
    subject = model_file(token_id, name)
    check_right(_model_right(pass_id, wallet), subject)
    return _granted(
        subject_kind=SubjectKind.MODEL,
        pass_id=pass_id,
        holder=wallet,
        token_id=token_id,
        version=MODEL_VERSION,
        file_name=name,
        cid=subject.cid,
        recipient=recipient,
    )


def find_grant(token: str) -> ReleaseGrant:
    """The grant of a token that is still good, which says nothing of the right; raises NotReleased."""
    grant = ReleaseGrant.objects.filter(
        token_digest=token_digest(token), expires_at__gt=timezone.now()
    ).first()
    if grant is None:
        raise NotReleased
    return grant


def right_of(grant: ReleaseGrant) -> tuple[ReleaseRight[Any], Subject]:
    """What the chain must confirm before a byte goes out by this grant; raises NotReleased."""
    if grant.subject_kind == SubjectKind.DATASET:
        right = DownloadRight(grant.pass_id, grant.holder)
        return right, DatasetFile(grant.token_id, grant.version, grant.cid)
    subject = model_file(grant.token_id, grant.file_name)
    if subject.cid != grant.cid:
        raise NotReleased
    return _model_right(grant.pass_id, grant.holder), subject


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


def _download_right(wallet: str, subject: DatasetFile) -> DownloadRight | None:
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


def _model_right(pass_id: int, holder: str) -> OwnerRight | PredictRight:
    return PredictRight(pass_id, holder) if pass_id else OwnerRight(holder)


@sensitive_variables("token")
def _granted(*, recipient: Recipient | None, **named: Any) -> Granted:
    _forget_expired()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    grant = ReleaseGrant.objects.create(
        token_digest=token_digest(token),
        recipient=str(recipient or ""),
        expires_at=timezone.now() + timedelta(seconds=settings.RELEASE_GRANT_SECONDS),
        **named,
    )
    return Granted(grant, f"{settings.RELEASE_URL}/release/{token}")


def _forget_expired() -> None:
    ReleaseGrant.objects.filter(expires_at__lt=timezone.now()).delete()
