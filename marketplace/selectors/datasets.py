"""Datasets and their versions, each with what its pinned metadata says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F

from common.errors import NotFound
from common.paging import Cursor, Page, take_page
from marketplace.licences import licence_hash
from marketplace.models import Dataset, DatasetVersion, Payee, VersionMetadata
from storage.cid import Cid
from storage.errors import InvalidCid, UnsupportedCid

STATE_PROBLEMS = {
    VersionMetadata.State.UNREAD: "The metadata document was not read yet.",
    VersionMetadata.State.MISSING: "The metadata document is not in this site's content store.",
}


@dataclass(frozen=True)
class VersionCard:
    """A version with its metadata; `problem` is in words what a reader must know, or empty."""

    version: DatasetVersion
    metadata: VersionMetadata
    content_cid: Cid
    metadata_cid: Cid
    problem: str


@dataclass(frozen=True)
class DatasetCard:
    """A dataset with its payees and its newest version."""

    dataset: Dataset
    payees: list[Payee]
    newest: VersionCard | None

    @property
    def title(self) -> str:
        """The title in the newest metadata, or the token's number."""
        title = self.newest.metadata.title if self.newest else ""
        return title or f"Dataset {self.dataset.token_id}"


def find_dataset(token_id: int) -> Dataset:
    """The dataset of this token; raises NotFound."""
    dataset = Dataset.objects.filter(token_id=token_id).first()
    if dataset is None:
        raise NotFound(f"there is no dataset {token_id}")
    return dataset


def dataset_card(token_id: int) -> DatasetCard:
    """The dataset with payees, newest version and metadata; raises NotFound."""
    return dataset_cards([find_dataset(token_id)])[0]


def dataset_cards(datasets: Iterable[Dataset]) -> list[DatasetCard]:
    """The datasets with all that a card shows, in three queries however many they are."""
    datasets = list(datasets)
    token_ids = [dataset.token_id for dataset in datasets]
    newest = version_cards(
        DatasetVersion.objects.filter(dataset_id__in=token_ids, number=F("dataset__version_count"))
    )
    by_token = {card.version.dataset_id: card for card in newest}
    payees: dict[int, list[Payee]] = {}
    for payee in Payee.objects.filter(dataset_id__in=token_ids).order_by("dataset_id", "position"):
        payees.setdefault(payee.dataset_id, []).append(payee)
    return [
        DatasetCard(dataset, payees.get(dataset.token_id, []), by_token.get(dataset.token_id))
        for dataset in datasets
    ]


def cards_in_order(token_ids: Sequence[int]) -> list[DatasetCard]:
    """The datasets of these tokens, in this order."""
    found = {card.dataset.token_id: card for card in dataset_cards(Dataset.objects.filter(pk__in=token_ids))}
    return [found[token_id] for token_id in token_ids if token_id in found]


def find_version(token_id: int, number: int) -> VersionCard:
    """One version; raises NotFound."""
    cards = version_cards(DatasetVersion.objects.filter(dataset_id=token_id, number=number))
    if not cards:
        raise NotFound(f"there is no version {number} of dataset {token_id}")
    return cards[0]


def first_with_these_bytes(card: VersionCard) -> int | None:
    """The earlier dataset that published the same bytes, or None where this one was first."""
    version = card.version
    same = DatasetVersion.objects.filter(content_digest=version.content_digest, codec=version.codec)
    return (
        same.filter(dataset_id__lt=version.dataset_id)
        .order_by("dataset_id")
        .values_list("dataset_id", flat=True)
        .first()
    )


def versions_of(token_id: int, cursor: Cursor) -> Page[VersionCard]:
    """The versions of a dataset, newest first."""
    page = take_page(DatasetVersion.objects.filter(dataset_id=token_id), "number", cursor)
    return Page(version_cards(page.items), page.next_cursor)


def version_cards(versions: Iterable[DatasetVersion]) -> list[VersionCard]:
    """The versions with their metadata, in one more query."""
    versions = list(versions)
    digests = {version.metadata_digest for version in versions}
    read = VersionMetadata.objects.in_bulk(digests)
    return [
        _card(version, read.get(version.metadata_digest) or VersionMetadata(digest=version.metadata_digest))
        for version in versions
    ]


def _card(version: DatasetVersion, metadata: VersionMetadata) -> VersionCard:
    content_cid = Cid.from_digest(version.content_digest, int(version.codec))
    return VersionCard(
        version=version,
        metadata=metadata,
        content_cid=content_cid,
        metadata_cid=Cid.from_digest(version.metadata_digest),
        problem=_problem(version, metadata, content_cid),
    )


def _problem(version: DatasetVersion, metadata: VersionMetadata, content_cid: Cid) -> str:
    """What the chain and the document disagree about: the chain has digests, the document has words."""
    state = VersionMetadata.State(metadata.state)
    if state in STATE_PROBLEMS:
        return STATE_PROBLEMS[state]
    if state == VersionMetadata.State.INVALID:
        return f"The metadata document cannot be read: {metadata.problem}"
    try:
        described = Cid.parse(metadata.content_cid)
    except (InvalidCid, UnsupportedCid):
        return "The metadata document does not name the file that it describes."
    if described != content_cid:
        return "The metadata document describes another file than the one on chain."
    if licence_hash(metadata.licence) != version.licence_hash:
        return "The licence in the metadata document is not the one on chain."
    return ""
