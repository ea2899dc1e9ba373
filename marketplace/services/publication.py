"""From an upload to a mint transaction: profile and Croissant document pinned, terms turned into calldata."""

from dataclasses import dataclass

from accounts.models import User
from chain.abi import short_name
from chain.accounts import ZERO_ADDRESS
from chain.bindings import dataset_token
from chain.prepared import PreparedTransaction
from marketplace.models import DatasetDraft, RowsInModel, Upload
from marketplace.rules.terms import PublicationTerms
from marketplace.services.describing import Described, describe, published_name, remember_draft
from marketplace.services.transactions import prepare_tried
from marketplace.tokens import token_at

PUBLIC_READERS = "everybody: the price buys the right, not secrecy"
PRIVATE_READERS = "holders of a download pass, and executors of approved jobs; what they got stays with them"


@dataclass(frozen=True)
class Publication:
    """What was pinned, and the transaction that mints it."""

    draft: DatasetDraft
    described: Described
    transaction: PreparedTransaction


def prepare_publication(*, owner: User, upload: Upload, terms: PublicationTerms) -> Publication:
    """Pins profile and document, remembers the draft, and prepares the mint for the owner's wallet.

    Raises InvalidInput for terms that do not fit the table, CallReverted where the contract would refuse.
    """
    described = describe(upload, terms, creator=owner.address)
    prepared = _prepare_mint(owner.address, upload, terms, described)
    return Publication(remember_draft(upload, terms, described), described, prepared)


def _prepare_mint(
    wallet: str, upload: Upload, terms: PublicationTerms, described: Described
) -> PreparedTransaction:
    fee_token = terms.job_fee.token if terms.job_fee else ZERO_ADDRESS
    fee_units = terms.job_fee.amount if terms.job_fee else 0
    rows_in_model = next(choice for choice in RowsInModel if choice.label == terms.rows_in_model)
    return prepare_tried(
        wallet,
        "DatasetToken",
        dataset_token.MINT,
        summary=f'Publish "{terms.title}" as a dataset token',
        details=_mint_details(upload, terms, described.licence, fee_token, fee_units),
        terms={
            "version": described.version,
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
        ("File", f"{published_name(upload)}, {upload.size_bytes:,} bytes, {upload.cid}"),
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
