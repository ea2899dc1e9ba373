"""A further version of a dataset, prepared for its owner's wallet; its document names the one before."""

from dataclasses import dataclass

from accounts.models import User
from chain.bindings import dataset_token
from chain.prepared import PreparedTransaction
from common.errors import Conflict, InvalidInput
from marketplace.croissant.document import Parent
from marketplace.errors import NotTheOwner
from marketplace.models import DatasetDraft, Upload
from marketplace.rules.terms import DescriptionTerms, VersionTerms
from marketplace.selectors.datasets import DatasetCard, VersionCard, dataset_card
from marketplace.services.describing import Described, describe, published_name, remember_draft
from marketplace.services.transactions import prepare_tried


@dataclass(frozen=True)
class NextVersion:
    """What was pinned, and the transaction that appends it."""

    draft: DatasetDraft
    described: Described
    number: int
    transaction: PreparedTransaction


def prepare_version(*, owner: User, upload: Upload, terms: VersionTerms) -> NextVersion:
    """DatasetToken.publishVersion for the dataset's owner; words that are left out stay the parent's.

    Raises NotTheOwner, Conflict for a retired dataset or bytes that are the newest version already.
    """
    card = dataset_card(terms.dataset)
    dataset, newest = card.dataset, card.newest
    if dataset.owner != owner.address:
        raise NotTheOwner(f"only the owner of dataset {dataset.token_id} can add a version")
    if dataset.is_retired or newest is None:
        raise Conflict(f"dataset {dataset.token_id} is retired", code="dataset_retired")
    if newest.version.content_digest == upload.content_digest:
        raise Conflict("these bytes are the newest version already", code="same_bytes")
    words = _words(card, newest, upload, terms)
    number = newest.version.number + 1
    parent = Parent(newest.metadata_cid, number - 1)
    described = describe(upload, words, creator=owner.address, parent=parent)
    prepared = prepare_tried(
        owner.address,
        "DatasetToken",
        dataset_token.PUBLISH_VERSION,
        summary=f'Publish version {number} of "{card.title}" (dataset {dataset.token_id})',
        details=[
            ("File", f"{published_name(upload)}, {upload.size_bytes:,} bytes, {upload.cid}"),
            ("Follows", f"version {number - 1}, {newest.content_cid}"),
            ("Licence", described.licence),
            ("Terms, payees and listings", "as they are; passes bought before hold for it too"),
        ],
        tokenId=dataset.token_id,
        version=described.version,
    )
    return NextVersion(remember_draft(upload, words, described), described, number, prepared)


def _words(card: DatasetCard, newest: VersionCard, upload: Upload, terms: VersionTerms) -> DescriptionTerms:
    before = newest.metadata
    names = {column["name"] for column in upload.profile.get("columns", ())}
    label = terms.label_column or (before.label_column if before.label_column in names else None)
    if not before.licence and terms.licence is None:
        raise InvalidInput("the version before names no licence: name one", field="licence")
    return DescriptionTerms(
        title=terms.title or card.title,
        description=terms.description or before.description or card.title,
        licence=terms.licence or before.licence,
        creator=terms.creator or before.creator or None,
        keywords=list(before.keywords),
        label_column=label,
    )
