"""A wallet's own uploads. Somebody else's do not exist, as far as anybody can tell."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import BigIntegerField, Func, QuerySet

from accounts.models import User
from common.paging import Cursor, Page, take_page
from marketplace.errors import NoSuchUpload
from marketplace.models import Dataset, DatasetDraft, DatasetVersion, Upload, UploadSession

_MICROSECONDS = Func(
    "created_at",
    template="(extract(epoch FROM %(expressions)s) * 1000000)::bigint",
    output_field=BigIntegerField(),
)


@dataclass(frozen=True)
class DraftCard:
    """A draft, and the dataset that the chain made of it."""

    draft: DatasetDraft
    token_id: int | None

    @property
    def state(self) -> str:
        """MINTED where the chain has it, else MINTING: a wallet was given the transaction."""
        return "MINTING" if self.token_id is None else "MINTED"


def find_upload(owner: User, upload_id: int) -> Upload:
    """The owner's upload; raises NoSuchUpload for anybody else's too."""
    upload = Upload.objects.filter(owner=owner, pk=upload_id).first()
    if upload is None:
        raise NoSuchUpload
    return upload


def uploads_of(owner: User, cursor: Cursor) -> Page[Upload]:
    """The owner's uploads, newest first."""
    return take_page(Upload.objects.filter(owner=owner), "pk", cursor)


def find_session(owner: User, session_id: UUID) -> UploadSession:
    """The owner's upload on its way; raises NoSuchUpload for anybody else's too."""
    session = UploadSession.objects.filter(owner=owner, pk=session_id).first()
    if session is None:
        raise NoSuchUpload
    return session


def sessions_of(owner: User, cursor: Cursor) -> Page[UploadSession]:
    """The owner's uploads on their way, newest first; the cursor is the microsecond of the beginning."""
    rows = under_way(owner).prefetch_related("chunks").annotate(begun_us=_MICROSECONDS)
    return take_page(rows, "begun_us", cursor)


def under_way(owner: User) -> QuerySet[UploadSession]:
    """The owner's sessions of which an upload may still come."""
    return UploadSession.objects.filter(owner=owner, upload=None).exclude(refusal__is_final=True)


def drafts_of(upload: Upload) -> list[DraftCard]:
    """The drafts of an upload, newest first, each with its token where its owner minted it."""
    drafts = list(upload.drafts.all()[:20])
    minted = DatasetVersion.objects.filter(
        metadata_digest__in=[draft.metadata_digest for draft in drafts],
        content_digest=upload.content_digest,
        dataset__in=Dataset.objects.filter(minted_by=upload.owner.address),
    ).order_by("dataset_id")
    token_ids = {version.metadata_digest: version.dataset_id for version in minted}
    return [DraftCard(draft, token_ids.get(draft.metadata_digest)) for draft in drafts]
