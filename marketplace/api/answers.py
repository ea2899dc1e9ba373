"""What the API answers about datasets, listings, passes and credits."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from chain.prepared import TransactionAnswer
from common.api_types import (
    AccountName,
    Address,
    AssetName,
    Bytes32,
    CidText,
    Id,
    Json,
    Sha256,
    Time,
    TransactionHash,
    Units,
)
from marketplace.models import FinishStep
from marketplace.services.finishing import Refusal

Step = Annotated[str, Field(json_schema_extra={"enum": ["", *FinishStep.values]})]
Word = Annotated[str, Field(examples=["compute"])]


class TokenAnswer(TypedDict):
    """An ERC-20 that pays here."""

    address: Address
    symbol: str | None
    decimals: int | None


class DraftAnswer(TypedDict):
    """A publication that was prepared, and what became of it."""

    id: Id
    title: str
    metadata_cid: CidText
    state: str
    token_id: Id | None


class UploadRow(TypedDict):
    """A file that its owner has brought."""

    id: Id
    file_name: str
    cid: CidText
    content_digest: Bytes32
    size: Units
    created_at: Time
    is_private: bool
    erased_at: Time | None
    note: str


class UploadAnswer(UploadRow):
    """A file with its profile, and the publications that were prepared of it."""

    profile: Json | None
    drafts: list[DraftAnswer]


class ErasureAnswer(UploadRow):
    """What erasing has undone, and what it has not."""

    undone: str
    not_undone: str


class ChunkAnswer(TypedDict):
    """A chunk that has arrived."""

    number: int
    sha256: Sha256


class SessionAnswer(TypedDict):
    """A large file on its way; chunk 0 is the first."""

    id: str
    file_name: str
    size: Units
    is_private: bool
    chunk_bytes: int
    chunk_count: int
    received: list[ChunkAnswer]
    step: Step
    refusal: Refusal | None
    upload_id: Id | None
    created_at: Time


class NewSessionAnswer(SessionAnswer):
    """With the key that seals the chunks, which is told this once."""

    upload_key: str


class PublicationAnswer(TypedDict):
    """What is pinned, and the transaction that mints."""

    draft_id: Id
    content_cid: CidText
    metadata_cid: CidText
    metadata_digest: Bytes32
    profile_cid: CidText
    transaction: TransactionAnswer


class NextVersionAnswer(PublicationAnswer):
    """What is pinned as which version, and the transaction that appends it."""

    number: int


class PolicyAnswer(TypedDict):
    """What the owner allows."""

    download: bool
    compute: bool
    rows_in_model: Word
    algorithms: list[str]


class JobFeeAnswer(TypedDict):
    """What the owner takes for each job."""

    token: TokenAnswer | None
    amount: Units
    text: str


class PayeeAnswer(TypedDict):
    """Who gets how many of 10,000 parts."""

    address: Address
    parts: int


class MetadataAnswer(TypedDict):
    """What the pinned Croissant document says, as far as it could be read."""

    state: str
    problem: str | None
    title: str
    description: str
    licence: str
    creator: str
    keywords: list[str]
    file_name: str
    label_column: str | None
    rows: int | None
    columns: list[str]


class VersionRow(TypedDict):
    """A version of a dataset."""

    token_id: Id
    number: int
    content_cid: CidText
    content_digest: Bytes32
    metadata_cid: CidText
    metadata_digest: Bytes32
    licence_hash: Bytes32
    size: Units
    published_at: Time
    published_block: int
    published_tx: TransactionHash
    metadata: MetadataAnswer


class VersionAnswer(VersionRow):
    """A version with its profile."""

    profile: Json | None


class DatasetAnswer(TypedDict):
    """A dataset with its newest version."""

    token_id: Id
    asset_id: AssetName
    owner: Address
    owner_id: AccountName
    minted_by: Address
    minted_at: Time
    minted_block: int
    minted_tx: TransactionHash
    standing_consent: bool
    consent_epoch: Units
    is_retired: bool
    policy: PolicyAnswer
    job_fee: JobFeeAnswer
    payees: list[PayeeAnswer]
    version_count: int
    newest_version: VersionRow | None
    note: str


class SubjectAnswer(TypedDict):
    """What a listing or a pass is about."""

    kind: Word
    id: Id


class ListingRow(TypedDict):
    """An offer of passes, or of a model itself where `right` is own; zero means without a limit."""

    listing_id: Id
    subject: SubjectAnswer
    seller: Address
    right: Word
    first_version: int
    payment_token: TokenAnswer | None
    price: Units
    price_text: str
    stock: int
    sold: int
    pass_seconds: Units
    pass_uses: int
    closes_at: Units | None
    state: str
    state_text: str
    listed_at: Time
    listed_block: int
    listed_tx: TransactionHash


class ShareAnswer(PayeeAnswer):
    """What a payee gets of a price."""

    amount: Units


class QuoteAnswer(TypedDict):
    """Where a price goes."""

    price: Units
    treasury_fee: Units
    royalty: Units
    to_payees: Units
    payees: list[ShareAnswer]


class ListingAnswer(ListingRow):
    """An offer with where its price goes; no quote where the node does not answer."""

    quote: QuoteAnswer | None


class PurchaseAnswer(TypedDict):
    """The permit to sign, or `transaction`, or where `mode` is approve the two `transactions`."""

    typed_data: NotRequired[Json]
    max_price: NotRequired[Units]
    version: NotRequired[int]
    deadline: NotRequired[Units]
    transaction: NotRequired[TransactionAnswer]
    transactions: NotRequired[list[TransactionAnswer]]


class PassAnswer(TypedDict):
    """A right that was bought or granted."""

    pass_id: Id
    holder: Address
    subject: SubjectAnswer
    right: Word
    first_version: int
    expires_at: Units | None
    uses_total: int
    uses_left: int
    payment_token: TokenAnswer | None
    price_paid: Units
    is_revoked: bool
    is_usable: bool
    issued_at: Time
    issued_block: int
    issued_tx: TransactionHash
    listing_id: Id | None


class CreditAnswer(TypedDict):
    """What an account earned in one token."""

    account: Address
    token: TokenAnswer | None
    earned: Units
    withdrawn: Units
    available: Units
    text: str


class GiftAnswer(TypedDict):
    """A gift on its way; no amount where it is a share of all votes."""

    kind: str
    amount: Units | None
    amount_text: str
    state: str
    tx_hash: TransactionHash | None
    error: str | None


class GiftsAnswer(TypedDict):
    """How far the caller's gifts are."""

    address: Address
    entries: list[GiftAnswer]


class GrantAnswer(TypedDict):
    """A link to a private file, good for whoever holds it until it expires."""

    url: str
    expires_at: Time
    cid: CidText
    form: Annotated[str, Field(pattern="^(sealed|opened)$", examples=["opened"])]
    note: str
