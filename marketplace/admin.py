"""The market's records in the admin console. What follows from the chain is shown and cannot be changed."""

from django.contrib import admin

from common.console import ReadOnlyAdmin
from marketplace.console import money
from marketplace.models import (
    AccessPass,
    ContentKey,
    Dataset,
    DatasetDraft,
    DatasetVersion,
    Listing,
    MarketCredit,
    ModelSale,
    ModelTransfers,
    Payee,
    PinReceipt,
    Purchase,
    ReleaseEntry,
    ReleaseGrant,
    Upload,
    UploadSession,
    VersionMetadata,
)

PRICE = money("price_units", "payment_token")


@admin.register(Dataset)
class DatasetAdmin(ReadOnlyAdmin):
    list_display = ["token_id", "owner", "version_count", "standing_consent", "is_retired", "minted_at"]
    list_filter = ["is_retired", "standing_consent"]
    search_fields = ["=token_id", "owner"]


@admin.register(DatasetVersion)
class DatasetVersionAdmin(ReadOnlyAdmin):
    list_display = ["key", "content_digest", "size_bytes", "published_at"]
    search_fields = ["key", "content_digest", "metadata_digest"]


@admin.register(Payee)
class PayeeAdmin(ReadOnlyAdmin):
    list_display = ["key", "address", "parts"]
    search_fields = ["address"]


@admin.register(Listing)
class ListingAdmin(ReadOnlyAdmin):
    list_display = ["listing_id", "subject_kind", "subject_id", "right", "seller", PRICE, "sold"]
    in_words = {"price_units": PRICE}
    list_filter = ["subject_kind", "right", "is_delisted"]
    search_fields = ["=listing_id", "seller"]


@admin.register(ModelTransfers)
class ModelTransfersAdmin(ReadOnlyAdmin):
    list_display = ["token_id", "transfers"]
    search_fields = ["=token_id"]


@admin.register(AccessPass)
class AccessPassAdmin(ReadOnlyAdmin):
    list_display = ["pass_id", "holder", "subject_kind", "subject_id", "right", "uses_left", "is_revoked"]
    list_filter = ["subject_kind", "right", "is_revoked"]
    search_fields = ["=pass_id", "holder"]


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    list_display = ["pass_id", "listing_id", "buyer", PRICE, "bought_at"]
    in_words = {
        name: money(name, "payment_token") for name in ("price_units", "treasury_fee_units", "royalty_units")
    }
    search_fields = ["=pass_id", "buyer"]


@admin.register(ModelSale)
class ModelSaleAdmin(ReadOnlyAdmin):
    list_display = ["listing_id", "token_id", "seller", "buyer", PRICE, "sold_at"]
    in_words = {
        name: money(name, "payment_token") for name in ("price_units", "treasury_fee_units", "royalty_units")
    }
    search_fields = ["=token_id", "seller", "buyer"]


@admin.register(MarketCredit)
class MarketCreditAdmin(ReadOnlyAdmin):
    list_display = ["account", money("earned_units", "token"), money("withdrawn_units", "token")]
    search_fields = ["account"]


@admin.register(VersionMetadata)
class VersionMetadataAdmin(ReadOnlyAdmin):
    """A cache made from the pinned documents."""

    list_display = ["digest", "state", "title", "licence", "tried_at"]
    list_filter = ["state"]
    search_fields = ["title", "digest"]


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ["id", "file_name", "owner", "size_bytes", "created_at"]
    search_fields = ["file_name", "cid"]


@admin.register(UploadSession)
class UploadSessionAdmin(ReadOnlyAdmin):
    """Large files on their way in chunks; what nobody touches any more is swept by itself."""

    list_display = ["id", "file_name", "owner", "size_bytes", "created_at", "touched_at"]
    list_select_related = ["owner"]
    search_fields = ["file_name"]
    exclude = ["key_proof"]


@admin.register(DatasetDraft)
class DatasetDraftAdmin(ReadOnlyAdmin):
    list_display = ["id", "title", "upload", "created_at"]
    search_fields = ["title", "metadata_cid"]


@admin.register(ContentKey)
class ContentKeyAdmin(ReadOnlyAdmin):
    """Which files can still be opened, and for whom their keys are wrapped; the headers are not shown."""

    list_display = ["cid", "owner", "job_id", "keeper", "wrapped_at"]
    search_fields = ["cid", "owner", "=job_id"]
    exclude = ["header"]


@admin.register(ReleaseGrant)
class ReleaseGrantAdmin(ReadOnlyAdmin):
    list_display = ["subject_kind", "token_id", "version", "pass_id", "holder", "expires_at"]
    search_fields = ["=token_id", "=pass_id", "holder"]
    exclude = ["token_digest", "header"]


@admin.register(ReleaseEntry)
class ReleaseEntryAdmin(ReadOnlyAdmin):
    """The log of releases; `manage.py check_release_log` proves that nothing was taken out of it."""

    list_display = ["number", "at", "event", "hash"]
    list_filter = ["event"]


@admin.register(PinReceipt)
class PinReceiptAdmin(ReadOnlyAdmin):
    """What each place has, as it was read back there."""

    list_display = ["cid", "place", "read_back_bytes", "problem", "checked_at"]
    list_filter = ["place"]
    search_fields = ["cid"]
