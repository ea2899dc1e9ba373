"""From an upload to a mint transaction: profile and Croissant document pinned, terms turned into calldata."""

import hashlib
import io
from dataclasses import dataclass

import rfc8785
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from chain.abi import short_name
from chain.accounts import ZERO_ADDRESS
from chain.bindings import dataset_token
from chain.prepared import PreparedTransaction
from common.errors import Conflict, InvalidInput
from marketplace.croissant.document import Description, PinnedFile, build_document
from marketplace.licences import licence_hash, read_licence
from marketplace.models import DatasetDraft, RowsInModel, Upload
from marketplace.profile import Profile, read_profile, with_label
from marketplace.rules.terms import PublicationTerms
from marketplace.services.metadata import remember
from marketplace.services.transactions import prepare_tried
from marketplace.store import content_store
from marketplace.tokens import token_at
from storage.cid import Cid
from storage.protocol import MAX_DOCUMENT_BYTES

PROFILE_NAME = "profile.json"
MOCK_NAME = "mock.csv"
PUBLIC_READERS = "everybody: the price buys the right, not secrecy"
PRIVATE_READERS = "holders of a download pass, and executors of approved jobs; what they got stays with them"


@dataclass(frozen=True)
class Publication:
    """What was pinned, and the transaction that mints it."""

    draft: DatasetDraft
    content_cid: Cid
    metadata_cid: Cid
    profile_cid: Cid
    transaction: PreparedTransaction


def prepare_publication(*, owner: User, upload: Upload, terms: PublicationTerms) -> Publication:
    """Pins profile and document, remembers the draft, and prepares the mint for the owner's wallet.

    The same upload with the same words gives the same document. Raises InvalidInput for terms that do not fit
    the table, CallReverted where the contract would refuse.
    """
    if upload.erased_at is not None:
        raise Conflict("the keys of this upload were destroyed: nobody could open what would be published")
    licence = read_licence(terms.licence)
    profile = with_label(read_profile(upload.profile), terms.label_column)
    content_cid = Cid.parse(upload.cid)
    profile_file = _pin_profile(profile)
    document = build_document(
        Description(
            title=terms.title,
            description=terms.description,
            licence=licence,
            creator=terms.creator or owner.address,
            keywords=tuple(terms.keywords),
            published_on=upload.created_at.date(),
        ),
        content=PinnedFile(_published_name(upload), content_cid, upload.sha256, upload.size_bytes),
        profile_file=profile_file,
        profile=profile,
        is_sealed=upload.is_private,
        mock_file=_mock_file(upload),
    )
    metadata_cid = _pin_document(document)
    prepared = _prepare_mint(
        owner.address, upload, terms, licence=licence, metadata_digest=metadata_cid.digest_hex
    )
    with transaction.atomic():
        remember(metadata_cid.digest_hex, now=timezone.now())
        draft, _ = DatasetDraft.objects.get_or_create(
            upload=upload,
            metadata_digest=metadata_cid.digest_hex,
            terms=terms.model_dump(mode="json", exclude={"description"}),
            defaults={"title": terms.title, "metadata_cid": str(metadata_cid)},
        )
    return Publication(draft, content_cid, metadata_cid, profile_file.cid, prepared)


def _pin_profile(profile: Profile) -> PinnedFile:
    content = rfc8785.dumps(profile.model_dump(mode="json"))
    stored = content_store().add_file(io.BytesIO(content))
    return PinnedFile(PROFILE_NAME, stored.cid, hashlib.sha256(content).hexdigest(), stored.size)


def _published_name(upload: Upload) -> str:
    """The sender's name for the file, unless it is private: a name can give data away."""
    return f"data.{upload.profile['format']}.age" if upload.is_private else upload.file_name


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


def _prepare_mint(
    wallet: str, upload: Upload, terms: PublicationTerms, *, licence: str, metadata_digest: str
) -> PreparedTransaction:
    fee_token = terms.job_fee.token if terms.job_fee else ZERO_ADDRESS
    fee_units = terms.job_fee.amount if terms.job_fee else 0
    rows_in_model = next(choice for choice in RowsInModel if choice.label == terms.rows_in_model)
    return prepare_tried(
        wallet,
        "DatasetToken",
        dataset_token.MINT,
        summary=f'Publish "{terms.title}" as a dataset token',
        details=_mint_details(upload, terms, licence, fee_token, fee_units),
        terms={
            "version": {
                "codec": upload.codec,
                "contentDigest": upload.content_digest,
                "metadataDigest": metadata_digest,
                "licenceHash": licence_hash(licence),
                "sizeBytes": upload.size_bytes,
            },
            "policy": {
                "download": terms.allow_download,
                "compute": terms.allow_compute,
                "rowsInModel": int(rows_in_model),
                "algorithms": [short_name(name) for name in terms.algorithms],
            },
            "payees": [payee.address for payee in terms.payees],
            "parts": [payee.parts for payee in terms.payees],
            "standingConsent": terms.standing_consent,
            "jobFeeToken": fee_token,
            "jobFee": fee_units,
            "royaltyBps": terms.royalty_bps,
        },
    )


def _mint_details(
    upload: Upload, terms: PublicationTerms, licence: str, fee_token: str, fee_units: int
) -> list[tuple[str, str]]:
    rights = [
        word
        for word, allowed in (("download", terms.allow_download), ("compute", terms.allow_compute))
        if allowed
    ]
    return [
        ("File", f"{_published_name(upload)}, {upload.size_bytes:,} bytes, {upload.cid}"),
        ("Licence", licence),
        ("Rights that may be sold", " and ".join(rights)),
        ("Rows of the data in a trained model", terms.rows_in_model),
        ("Algorithms", ", ".join(terms.algorithms) or "any"),
        (
            "Consent to jobs",
            "standing: every job that members approve" if terms.standing_consent else "job by job",
        ),
        *((f"Paid to {payee.address}", f"{payee.parts / 100:g} %") for payee in terms.payees),
        ("Fee of each job", token_at(fee_token).text(fee_units) if fee_units else "none"),
        ("Royalty on resale of the token", f"{terms.royalty_bps / 100:g} %"),
        ("Who can read the bytes", PRIVATE_READERS if upload.is_private else PUBLIC_READERS),
    ]
