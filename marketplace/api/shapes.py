"""The JSON of the market: amounts and ids as decimal strings, times as ISO 8601 or unix seconds in text."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings

from chain.accounts import ZERO_ADDRESS
from common.api_types import PageOf
from common.caip import account_name
from common.paging import Page
from marketplace.api.answers import (
    CreditAnswer,
    DatasetAnswer,
    DraftAnswer,
    GiftsAnswer,
    ListingRow,
    PassAnswer,
    PublicationAnswer,
    PurchaseAnswer,
    QuoteAnswer,
    TokenAnswer,
    UploadAnswer,
    UploadRow,
    VersionAnswer,
    VersionRow,
)
from marketplace.models import Upload
from marketplace.selectors.datasets import DatasetCard, VersionCard
from marketplace.selectors.terms import asset_id
from marketplace.selectors.trade import CreditCard, ListingCard, PassCard
from marketplace.selectors.uploads import DraftCard
from marketplace.services.faucet import GiftCard
from marketplace.services.publication import Publication
from marketplace.services.purchases import PermitOffer, Quote
from marketplace.services.versions import NextVersion
from marketplace.tokens import Token, token_at

PRIVATE_NOTE = (
    "The bytes are sealed: they are released to holders of a download pass and to executors of approved jobs."
)
PUBLIC_NOTE = "The price buys the right, not secrecy: the bytes of every dataset here are public."
Json = dict[str, Any]
Shape = TypeVar("Shape")


def page_json(page: Page, shape: Callable[[Any], Shape]) -> PageOf[Shape]:
    return {"results": [shape(item) for item in page.items], "next": page.next_cursor}


def time_text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def token_json(token: Token) -> TokenAnswer | None:
    if not token.address or token.address == ZERO_ADDRESS:
        return None
    return {"address": token.address, "symbol": token.symbol, "decimals": token.decimals}


def upload_json(upload: Upload) -> UploadRow:
    return {
        "id": str(upload.pk),
        "file_name": upload.file_name,
        "cid": upload.cid,
        "content_digest": upload.content_digest,
        "size": str(upload.size_bytes),
        "created_at": time_text(upload.created_at),
        "is_private": upload.is_private,
        "erased_at": time_text(upload.erased_at) if upload.erased_at else None,
        "note": PRIVATE_NOTE if upload.is_private else PUBLIC_NOTE,
    }


def upload_with_profile_json(upload: Upload, drafts: list[DraftCard]) -> UploadAnswer:
    return {**upload_json(upload), "profile": upload.profile, "drafts": [draft_json(card) for card in drafts]}


def draft_json(card: DraftCard) -> DraftAnswer:
    return {
        "id": str(card.draft.pk),
        "title": card.draft.title,
        "metadata_cid": card.draft.metadata_cid,
        "state": card.state,
        "token_id": None if card.token_id is None else str(card.token_id),
    }


def publication_json(publication: Publication | NextVersion) -> PublicationAnswer:
    return {
        "draft_id": str(publication.draft.pk),
        "content_cid": str(publication.described.content_cid),
        "metadata_cid": str(publication.described.metadata_cid),
        "metadata_digest": publication.described.metadata_cid.digest_hex,
        "profile_cid": str(publication.described.profile_cid),
        "transaction": publication.transaction.as_json(),
    }


def dataset_json(card: DatasetCard) -> DatasetAnswer:
    dataset = card.dataset
    fee_token = token_at(dataset.job_fee_token)
    return {
        "token_id": str(dataset.token_id),
        "asset_id": asset_id(int(dataset.token_id)),
        "owner": dataset.owner,
        "owner_id": account_name(settings.CHAIN_ID, dataset.owner),
        "minted_by": dataset.minted_by,
        "minted_at": time_text(dataset.minted_at),
        "minted_block": dataset.minted_block,
        "minted_tx": dataset.minted_tx,
        "standing_consent": dataset.standing_consent,
        "consent_epoch": str(dataset.consent_epoch),
        "is_retired": dataset.is_retired,
        "policy": {
            "download": dataset.allow_download,
            "compute": dataset.allow_compute,
            "rows_in_model": dataset.get_rows_in_model_display(),
            "algorithms": dataset.algorithms,
        },
        "job_fee": {
            "token": token_json(fee_token),
            "amount": str(dataset.job_fee_units),
            "text": fee_token.text(dataset.job_fee_units) if dataset.job_fee_units else "none",
        },
        "payees": [{"address": payee.address, "parts": payee.parts} for payee in card.payees],
        "version_count": dataset.version_count,
        "newest_version": None if card.newest is None else version_json(card.newest),
        "note": PUBLIC_NOTE,
    }


def version_json(card: VersionCard) -> VersionRow:
    version, metadata = card.version, card.metadata
    return {
        "token_id": str(version.dataset_id),
        "number": version.number,
        "content_cid": str(card.content_cid),
        "content_digest": version.content_digest,
        "metadata_cid": str(card.metadata_cid),
        "metadata_digest": version.metadata_digest,
        "licence_hash": version.licence_hash,
        "size": str(version.size_bytes),
        "published_at": time_text(version.published_at),
        "published_block": version.published_block,
        "published_tx": version.published_tx,
        "metadata": {
            "state": metadata.state,
            "problem": card.problem or None,
            "title": metadata.title,
            "description": metadata.description,
            "licence": metadata.licence,
            "creator": metadata.creator,
            "keywords": metadata.keywords,
            "file_name": metadata.file_name,
            "label_column": metadata.label_column or None,
            "rows": metadata.profile["rows"] if metadata.profile else None,
            "columns": metadata.columns,
        },
    }


def version_with_profile_json(card: VersionCard) -> VersionAnswer:
    return {**version_json(card), "profile": card.metadata.profile}


def listing_json(card: ListingCard) -> ListingRow:
    listing = card.listing
    return {
        "listing_id": str(listing.listing_id),
        "subject": {"kind": listing.get_subject_kind_display(), "id": str(listing.subject_id)},
        "seller": listing.seller,
        "right": listing.get_right_display(),
        "first_version": listing.first_version,
        "payment_token": token_json(card.token),
        "price": str(listing.price_units),
        "price_text": card.price_text,
        "stock": listing.stock,
        "sold": listing.sold,
        "pass_seconds": str(listing.pass_seconds),
        "pass_uses": listing.pass_uses,
        "closes_at": str(listing.closes_at) if listing.closes_at else None,
        "state": str(card.state),
        "state_text": card.state_text,
        "listed_at": time_text(listing.listed_at),
        "listed_block": listing.listed_block,
        "listed_tx": listing.listed_tx,
    }


def quote_json(quote: Quote | None) -> QuoteAnswer | None:
    if quote is None:
        return None
    return {
        "price": str(quote.price),
        "treasury_fee": str(quote.treasury_fee),
        "royalty": str(quote.royalty),
        "to_payees": str(quote.to_payees),
        "payees": [
            {"address": share.address, "parts": share.parts, "amount": str(share.amount)}
            for share in quote.payees
        ],
    }


def permit_json(offer: PermitOffer) -> PurchaseAnswer:
    return {
        "typed_data": offer.typed_data,
        "max_price": str(offer.max_price),
        "version": offer.version,
        "deadline": str(offer.deadline),
    }


def pass_json(card: PassCard) -> PassAnswer:
    access = card.access
    return {
        "pass_id": str(access.pass_id),
        "holder": access.holder,
        "subject": {"kind": access.get_subject_kind_display(), "id": str(access.subject_id)},
        "right": access.get_right_display(),
        "first_version": access.first_version,
        "expires_at": str(access.expires_at) if access.expires_at else None,
        "uses_total": access.uses_total,
        "uses_left": access.uses_left,
        "payment_token": token_json(card.token),
        "price_paid": str(access.price_units),
        "is_revoked": access.is_revoked,
        "is_usable": card.is_usable,
        "issued_at": time_text(access.issued_at),
        "issued_block": access.issued_block,
        "issued_tx": access.issued_tx,
        "listing_id": None if card.listing_id is None else str(card.listing_id),
    }


def credit_json(card: CreditCard) -> CreditAnswer:
    credit = card.credit
    return {
        "account": credit.account,
        "token": token_json(card.token),
        "earned": str(credit.earned_units),
        "withdrawn": str(credit.withdrawn_units),
        "available": str(credit.available_units),
        "text": card.token.text(credit.available_units),
    }


def gifts_json(wallet: str, cards: list[GiftCard]) -> GiftsAnswer:
    return {
        "address": wallet,
        "entries": [
            {
                "kind": card.gift.kind,
                "amount": None if card.gift.amount is None else str(card.gift.amount),
                "amount_text": card.gift.text,
                "state": card.entry.state,
                "tx_hash": card.tx_hash,
                "error": card.entry.error or None,
            }
            for card in cards
            if card.entry is not None
        ],
    }
