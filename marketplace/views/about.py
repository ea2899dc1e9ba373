"""What a dataset's page says for machines and papers: structured data, citation, code, completeness."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from common.errors import QommonsError
from common.strict_json import strict_loads
from marketplace.croissant.citing import Citable, Snippet, snippets
from marketplace.rules.completeness import Completeness, completeness
from marketplace.selectors.datasets import DatasetCard, VersionCard
from marketplace.selectors.terms import account_id, asset_id, page_url
from marketplace.selectors.trade import ListingCard
from marketplace.store import content_store


def structured_data(card: DatasetCard, offers: Sequence[ListingCard]) -> dict[str, Any]:
    """The pinned Croissant document, which is a schema.org Dataset, with what the chain says since.

    Where the document is missing or disagrees with the chain, the chain's facts stand alone.
    """
    token_id, newest = card.dataset.token_id, card.newest
    identifiers = [asset_id(token_id), *([f"ipfs://{newest.content_cid}"] if newest else [])]
    return {
        **(_pinned(newest) or {"@context": "https://schema.org/", "@type": "Dataset", "name": card.title}),
        "url": page_url(token_id),
        "identifier": identifiers,
        "isAccessibleForFree": any(listing.listing.price_units == 0 for listing in offers),
        "provider": {"@type": "Organization", "identifier": account_id(card.dataset.owner)},
        "offers": [_offer(listing) for listing in offers],
    }


def citable_of(card: DatasetCard, newest: VersionCard) -> Citable:
    """The newest version as a citation names it; without a maker's name it is its owner's."""
    return Citable(
        token_id=card.dataset.token_id,
        version=newest.version.number,
        title=card.title,
        creator=newest.metadata.creator or card.dataset.owner,
        licence=newest.metadata.licence,
        published_on=newest.version.published_at.date(),
        url=page_url(card.dataset.token_id),
        content_cid=str(newest.content_cid),
    )


def snippets_of(newest: VersionCard) -> list[Snippet]:
    """Code that reads the public bytes; sealed ones need a download link first."""
    profile = newest.metadata.profile or {}
    if newest.metadata.is_sealed or not profile:
        return []
    numeric = [column["name"] for column in profile["columns"] if column["type"] in {"integer", "real"}]
    features = [name for name in numeric if name != newest.metadata.label_column]
    return snippets(f"{settings.SITE_URL}/ipfs/{newest.content_cid}", features, str(profile.get("format")))


def completeness_of(newest: VersionCard) -> Completeness:
    """How well the newest version is described."""
    metadata = newest.metadata
    return completeness(
        description=metadata.description,
        licence=metadata.licence,
        creator=metadata.creator,
        keywords=len(metadata.keywords),
        label_column=metadata.label_column,
        profile=metadata.profile or {},
        has_rows_to_look_at=bool((metadata.profile or {}).get("preview") or metadata.mock_cid),
        is_consistent=not newest.problem,
    )


def _pinned(newest: VersionCard | None) -> dict[str, Any] | None:
    """The document itself; None where its bytes are not here or are not what the chain is about."""
    if newest is None or newest.problem:
        return None
    try:
        document = strict_loads(content_store().read_block(newest.metadata_cid))
    except (QommonsError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _offer(card: ListingCard) -> dict[str, Any]:
    listing = card.listing
    return {
        "@type": "Offer",
        "name": f"a pass to {listing.get_right_display()}",
        "price": card.token.decimal(int(listing.price_units)),
        "priceCurrency": card.token.symbol or listing.payment_token,
        "availability": "https://schema.org/InStock",
        "url": page_url(int(listing.subject_id)),
    }
