"""What can be wrong with a CID, a block, a store or a source."""

from common.errors import (
    InvalidInput,
    NoRoom,
    NotFound,
    PermanentError,
    RetryableError,
    TooLarge,
    Unavailable,
)


class InvalidCid(InvalidInput):
    """The text or bytes are not a CID."""

    code = "invalid_cid"


class UnsupportedCid(InvalidInput):
    """A true CID, of a kind that we do not read (another hash or codec)."""

    code = "unsupported_cid"


class CidMismatch(PermanentError):
    """The bytes are not those that the CID names."""

    code = "cid_mismatch"

    def __init__(self, *, wanted: str, found: str, where: str) -> None:
        super().__init__(f"{where} gave {found} where {wanted} was expected")
        self.wanted = wanted
        self.found = found


class BlockMissing(NotFound):
    """The store or source does not have the block."""

    code = "block_missing"

    def __init__(self, cid: str, *, where: str) -> None:
        super().__init__(f"{where} does not have {cid}")
        self.cid = cid


class BlockTooLarge(TooLarge):
    """A block is over the limit, or says that it will be."""

    code = "block_too_large"

    def __init__(self, *, limit_bytes: int, cid: str = "a block") -> None:
        super().__init__(f"{cid} is larger than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class ContentTooLarge(TooLarge):
    """The whole is larger than the reader is willing to take."""

    code = "content_too_large"

    def __init__(self, *, cid: str, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(f"{cid} has {size_bytes} bytes, more than the limit of {limit_bytes}")
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes


class TreeTooDeep(PermanentError):
    """The links go deeper, or are more, than any honest file needs."""

    code = "tree_too_deep"


class MalformedBlock(PermanentError):
    """The hash matches, but the block is not a well-formed dag-pb or UnixFS node."""

    code = "malformed_block"


class NotAFile(PermanentError):
    """The CID names a directory or another thing that has no bytes of its own."""

    code = "not_a_file"


class RangeOutOfBounds(InvalidInput):
    """The offset or the length lies outside the file."""

    code = "range_out_of_bounds"


class MalformedCar(PermanentError):
    """The bytes are not a CAR v1 that holds exactly one tree in depth-first order."""

    code = "malformed_car"


class TruncatedCar(MalformedCar):
    """The CAR ends before its tree does."""

    code = "truncated_car"


class SourceUnavailable(Unavailable):
    """The node or gateway is away, refuses, or gives up in the middle; another source may have it."""

    code = "source_unavailable"


class DeadlineExceeded(RetryableError):
    """The source was still sending when its time was over."""

    code = "deadline_exceeded"


class InvalidSourceUrl(InvalidInput):
    """The address of a node or gateway is not one that we can use."""

    code = "invalid_source_url"


class NotPinned(PermanentError):
    """The node has no pin of the tree."""

    code = "not_pinned"


class PinRefused(PermanentError):
    """The node did not keep what it was asked to keep."""

    code = "pin_refused"


class KeptUnderAnotherName(CidMismatch, PinRefused):
    """The node took the content under another CID than ours: it cut or hashed it its own way."""


class NotReadBack(PinRefused):
    """The node says that it keeps the content, and gives other bytes when it is read back."""


class NodeTooOld(PermanentError):
    """The node's version is below the one that knows the options we pass."""

    code = "node_too_old"


class StoreNotConfigured(PermanentError):
    """Neither a folder nor a node was named."""

    code = "store_not_configured"


class StoreNotWritable(RetryableError):
    """The store's disk is full, read-only, or not ours."""

    code = "store_not_writable"


class StoreFull(StoreNotWritable, NoRoom):
    """The store's disk has no room for it; nothing of it is kept, and nothing that was there is harmed."""

    code = NoRoom.code


class TooFewCopies(RetryableError):
    """Fewer places keep the content than were asked for; keeping it again adds the missing ones."""

    code = "too_few_copies"

    def __init__(self, cid: str, *, wanted: int, kept: int) -> None:
        super().__init__(f"{cid} is kept in {kept} of {wanted} places")
        self.wanted = wanted
        self.kept = kept
