"""What can go wrong with the chain. Retryable: the node is away. Permanent: the chain has answered."""

from common.errors import Conflict, InvalidInput, PermanentError, RetryableError


class NodeUnavailable(RetryableError):
    """The node does not answer, answers too slowly, or asks us to slow down."""

    code = "node_unavailable"


class ChainMoved(RetryableError):
    """The chain was reorganised while we read it; reading again gives one consistent answer."""

    code = "chain_moved"


class TooManyLogs(RetryableError):
    """The node refuses a log query of this size; a smaller block range succeeds."""

    code = "too_many_logs"


class NodeRefused(PermanentError):
    """The node refuses a request for a reason that we have no name for."""

    code = "node_refused"


class WrongChain(PermanentError):
    """The node, the settings, the deployment or the database speak of different chains."""

    code = "wrong_chain"


class NotDeployed(PermanentError):
    """There is no deployment file for the chain in use, or it does not name this contract."""

    code = "not_deployed"


class UnknownBlock(RetryableError):
    """The node has no block of this number or hash; one that lags may have it later."""

    code = "unknown_block"


class CallReverted(Conflict):
    """The contract refused; `reason` is its word, `custom_error` the name of a typed error."""

    code = "call_reverted"

    def __init__(self, reason: str, *, custom_error: str | None = None) -> None:
        super().__init__(f"the contract refused: {reason}")
        self.reason = reason
        self.custom_error = custom_error


class NonceTooLow(PermanentError):
    """Another transaction of this account already took the nonce."""

    code = "nonce_too_low"


class AlreadyKnown(PermanentError):
    """The node already holds this very transaction."""

    code = "already_known"


class Underpriced(PermanentError):
    """A replacement offers too little above the fee of the transaction that it replaces."""

    code = "underpriced"


class InsufficientFunds(RetryableError):
    """The account cannot pay for value and gas; it succeeds once somebody sends it more."""

    code = "insufficient_funds"


class InvalidArguments(InvalidInput):
    """The arguments do not fit the function's inputs."""

    code = "invalid_arguments"


class UndecodableData(PermanentError):
    """Bytes that do not fit the function, event or error that they were read as."""

    code = "undecodable"


class InvalidSignature(PermanentError):
    """The signature is malformed, malleable, or was not made by anybody over this message."""

    code = "invalid_signature"


class UnusableKey(RetryableError):
    """A key file is missing, malformed, or readable by others; it works once an operator has mended it."""

    code = "unusable_key"


class HistoryExhausted(PermanentError):
    """A reorganisation goes below the history that we keep; a new reading from the node mends it."""

    code = "history_exhausted"


class FollowerBusy(PermanentError):
    """Another process follows the chain into this database."""

    code = "follower_busy"


class RowsOfOtherCode(PermanentError):
    """Other code has made the projected rows anew since this process began; one that begins now mends it."""

    code = "rows_of_other_code"


class UnknownKind(PermanentError):
    """An outbox entry names a kind that settings.OUTBOX_KINDS does not list."""

    code = "unknown_kind"
