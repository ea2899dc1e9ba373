"""A version in words: its profile and its Croissant document, pinned, and the draft that remembers both."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import rfc8785
from django.db import transaction
from django.utils import timezone

from common.errors import Conflict, InvalidInput
from marketplace.croissant.document import Description, Parent, PinnedFile, build_document
from marketplace.licences import licence_hash, read_licence
from marketplace.models import DatasetDraft, Upload
from marketplace.profile import Profile, read_profile, with_label
from marketplace.rules.terms import DescriptionTerms
from marketplace.services.metadata import remember
from marketplace.store import content_store
from storage.cid import Cid
from storage.protocol import MAX_DOCUMENT_BYTES

PROFILE_NAME = "profile.json"
MOCK_NAME = "mock.csv"


@dataclass(frozen=True)
class Described:
    """What was pinned of an upload's description. `version` is what the contract is told of it."""

    licence: str
    content_cid: Cid
    metadata_cid: Cid
    profile_cid: Cid
    version: dict[str, Any]


def describe(
    upload: Upload, terms: DescriptionTerms, *, creator: str, parent: Parent | None = None
) -> Described:
    """Pins profile and document; the same upload with the same words gives the same document.

    Raises InvalidInput for words that do not fit the table.
    """
    if upload.erased_at is not None:
        raise Conflict("the keys of this upload were destroyed: nobody could open what would be published")
    licence = read_licence(terms.licence)
    profile = with_label(read_profile(upload.profile), terms.label_column)
    profile_file = _pin_profile(profile)
    document = build_document(
        Description(
            title=terms.title,
            description=terms.description,
            licence=licence,
            creator=terms.creator or creator,
            keywords=tuple(terms.keywords),
            published_on=upload.created_at.date(),
            parent=parent,
        ),
        content=PinnedFile(published_name(upload), Cid.parse(upload.cid), upload.sha256, upload.size_bytes),
        profile_file=profile_file,
        profile=profile,
        is_sealed=upload.is_private,
        mock_file=_mock_file(upload),
    )
    metadata_cid = _pin_document(document)
    version = {
        "codec": upload.codec,
        "contentDigest": upload.content_digest,
        "metadataDigest": metadata_cid.digest_hex,
        "licenceHash": licence_hash(licence),
        "sizeBytes": upload.size_bytes,
    }
    return Described(licence, Cid.parse(upload.cid), metadata_cid, profile_file.cid, version)


def remember_draft(upload: Upload, terms: DescriptionTerms, described: Described) -> DatasetDraft:
    """The row of this description; the same one twice is one draft."""
    digest = described.metadata_cid.digest_hex
    with transaction.atomic():
        remember(digest, now=timezone.now())
        draft, _ = DatasetDraft.objects.get_or_create(
            upload=upload,
            metadata_digest=digest,
            terms=terms.model_dump(mode="json", exclude={"description"}),
            defaults={"title": terms.title, "metadata_cid": str(described.metadata_cid)},
        )
    return draft


def published_name(upload: Upload) -> str:
    """The sender's name for the file, unless it is private: a name can give data away."""
    return f"data.{upload.profile['format']}.age" if upload.is_private else upload.file_name


def _pin_profile(profile: Profile) -> PinnedFile:
    content = rfc8785.dumps(profile.model_dump(mode="json"))
    stored = content_store().add_file(io.BytesIO(content))
    return PinnedFile(PROFILE_NAME, stored.cid, hashlib.sha256(content).hexdigest(), stored.size)


def _mock_file(upload: Upload) -> PinnedFile | None:
    """The made-up rows beside private data, where the provider chose to show some."""
    if not upload.mock_cid:
        return None
    cid = Cid.parse(upload.mock_cid)
    content = b"".join(content_store().open(cid))
    return PinnedFile(MOCK_NAME, cid, hashlib.sha256(content).hexdigest(), len(content))


def _pin_document(document: bytes) -> Cid:
    if len(document) > MAX_DOCUMENT_BYTES:
        raise InvalidInput(
            f"title, description and column names make {len(document):,} bytes of metadata;"
            f" {MAX_DOCUMENT_BYTES:,} are the limit"
        )
    return content_store().add_block(document)
