"""What providers and buyers ask for, as checked values; the contracts' limits are refused here in words."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from accounts.bodies import Address, Body, Units

ALL_PARTS = 10_000
MAX_PAYEES = 8
MAX_ALGORITHMS = 16
MAX_ROYALTY_BPS = 1_000
UINT32_MAX = 2**32 - 1
UINT64_MAX = 2**64 - 1
_SHORT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


def _one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("one line of printable text is needed")
    return text.strip()


def _several_lines(text: str) -> str:
    kept = text.replace("\r\n", "\n").strip()
    if not kept or not all(character in "\n\t" or character.isprintable() for character in kept):
        raise ValueError("printable text is needed")
    return kept


def _short_name(text: str) -> str:
    if not _SHORT_NAME.fullmatch(text):
        raise ValueError("a short name has 1 to 32 small letters, digits, _ or -")
    return text


Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Keyword = Annotated[str, Field(max_length=50), AfterValidator(_one_line)]
Lines = Annotated[str, Field(max_length=5_000), AfterValidator(_several_lines)]
ShortName = Annotated[str, AfterValidator(_short_name)]
Uint32 = Annotated[Units, Field(le=UINT32_MAX)]
Uint64 = Annotated[Units, Field(le=UINT64_MAX)]


class PayeeTerms(Body):
    """Who gets how many of 10,000 parts."""

    address: Address
    parts: Annotated[int, Field(ge=1, le=ALL_PARTS)]


class FeeTerms(Body):
    """What the owner takes for each job."""

    token: Address
    amount: Units


class DescriptionTerms(Body):
    """How a version is described."""

    title: Line
    description: Lines
    licence: Annotated[str, Field(max_length=200)]
    creator: Line | None = None
    keywords: Annotated[list[Keyword], Field(max_length=20)] = []
    label_column: Annotated[str, Field(max_length=200)] | None = None


class VersionTerms(Body):
    """Of which dataset an upload becomes a version; what is left out stays as in the version before."""

    dataset: Uint64
    title: Line | None = None
    description: Lines | None = None
    licence: Annotated[str, Field(max_length=200)] | None = None
    creator: Line | None = None
    label_column: Annotated[str, Field(max_length=200)] | None = None


class PublicationTerms(DescriptionTerms):
    """Under which description and terms an upload becomes a dataset."""

    allow_download: bool
    allow_compute: bool
    rows_in_model: Literal["never", "sealed", "public"]
    algorithms: Annotated[list[ShortName], Field(max_length=MAX_ALGORITHMS)] = []
    standing_consent: bool
    payees: Annotated[list[PayeeTerms], Field(min_length=1, max_length=MAX_PAYEES)]
    job_fee: FeeTerms | None = None
    royalty_bps: Annotated[int, Field(ge=0, le=MAX_ROYALTY_BPS)] = 0

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if not self.allow_download and not self.allow_compute:
            raise ValueError(
                "allow_download or allow_compute must be true: a dataset that allows nothing is none"
            )
        total = sum(payee.parts for payee in self.payees)
        if total != ALL_PARTS:
            raise ValueError(f"the payees' parts add to {total:,}; they must add to {ALL_PARTS:,}")
        if len({payee.address for payee in self.payees}) != len(self.payees):
            raise ValueError("a payee is named twice")
        if len(set(self.algorithms)) != len(self.algorithms):
            raise ValueError("an algorithm is named twice")
        return self


class ListingTerms(Body):
    """An offer of passes. Zero stock, seconds and uses mean unlimited; no closing time means open end."""

    right: Literal["download", "compute"]
    price: Units
    payment_token: Address
    version: Annotated[int, Field(ge=1, le=UINT32_MAX)] | None = None
    stock: Uint32 = 0
    pass_seconds: Uint64 = 0
    pass_uses: Uint32 = 0
    closes_at: Uint64 | None = None


class PermitTerms(Body):
    """A signed ERC-2612 permit."""

    deadline: Units
    signature: Annotated[str, Field(max_length=200)]


class PurchaseTerms(Body):
    """How a buyer pays: by a permit in the same transaction, or by an exact approval before it."""

    mode: Literal["permit", "approve"]
    max_price: Units | None = None
    version: Annotated[int, Field(ge=1, le=UINT32_MAX)] | None = None
    permit: PermitTerms | None = None

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.permit is not None and (self.max_price is None or self.version is None):
            raise ValueError("a permit goes with the max_price and the version that were signed for")
        if self.permit is not None and self.mode != "permit":
            raise ValueError('a permit goes with mode "permit"')
        return self


class WithdrawalTerms(Body):
    """Which token to take out."""

    token: Address
