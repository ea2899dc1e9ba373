"""What the market refuses, each with the numbers that a person needs."""

from common.errors import Conflict, InvalidInput, NotAllowed, NotFound, RetryableError, TooLarge, Unavailable


class UnreadableTable(InvalidInput):
    """The file is not a table that we take; `code` says which rule it breaks."""

    code = "unreadable_table"


class UploadTooLarge(TooLarge):
    """The file is over the size limit."""

    def __init__(self, *, limit_bytes: int, size_bytes: int | None = None) -> None:
        size = "more bytes than that" if size_bytes is None else f"{size_bytes:,} bytes"
        super().__init__(f"the file has {size}; the limit is {limit_bytes:,} bytes")
        self.limit_bytes = limit_bytes


class NoSuchUpload(NotFound):
    """There is no such upload of the wallet, or not any more."""

    def __init__(self) -> None:
        super().__init__("there is no such upload of yours")


class BeingFinished(Conflict):
    """Another request finishes the upload at this moment."""

    code = "being_finished"

    def __init__(self) -> None:
        super().__init__("this upload is being finished at this moment")


class ParserBusy(Unavailable):
    """Too many files are being read at this moment."""

    code = "parser_busy"


class NotTheOwner(NotAllowed):
    """Only the dataset's owner may do this."""

    code = "not_the_owner"


class ListingNotOpen(Conflict):
    """The listing cannot be bought from now."""

    code = "listing_not_open"


class PriceChanged(Conflict):
    """The price is above what the buyer agreed to."""

    code = "price_changed"


class VersionChanged(Conflict):
    """The dataset has a newer version than the buyer saw."""

    code = "version_changed"


class NotEnoughFunds(Conflict):
    """The buyer's balance is below the price."""

    code = "not_enough_funds"


class BuyerIsSeller(Conflict):
    """The wallet offers the model itself."""

    code = "buyer_is_seller"


class HandoverNotApproved(Conflict):
    """The seller has not allowed the market to hand the model over, or no longer does."""

    code = "handover_not_approved"


class NothingToWithdraw(Conflict):
    """There is no credit in this token."""

    code = "nothing_to_withdraw"


class RightNotGranted(Conflict):
    """The dataset's usage policy does not allow this right to be sold."""

    code = "right_not_granted"


class FaucetEmpty(Conflict):
    """The faucet's wallet has too little left to give."""

    code = "faucet_empty"


class NoReleaseService(Conflict):
    """Private data needs a release service that could open it again, and there is none here."""

    code = "no_release_service"


class NotReleased(NotFound):
    """Nothing is released; whether there is no such thing or no right to it stays untold."""

    code = "not_released"

    def __init__(self) -> None:
        super().__init__("there is nothing to release here for you")


class NotReleasedYet(RetryableError):
    """The release service gives no key: the right is not final there, or it has ended."""

    code = "not_released_yet"
