from marketplace.models.catalogue import CatalogueEntry
from marketplace.models.dataset import Dataset, DatasetVersion, Payee
from marketplace.models.metadata import VersionMetadata
from marketplace.models.receipt import PinReceipt
from marketplace.models.release import ContentKey, ReleaseEntry, ReleaseGrant
from marketplace.models.trade import (
    AccessPass,
    Listing,
    MarketCredit,
    ModelSale,
    ModelTransfers,
    Purchase,
)
from marketplace.models.upload import DatasetDraft, FinishStep, Keeping, Upload, UploadChunk, UploadSession
from marketplace.models.words import Right, RowsInModel, SubjectKind

__all__ = [
    "AccessPass",
    "CatalogueEntry",
    "ContentKey",
    "Dataset",
    "DatasetDraft",
    "DatasetVersion",
    "FinishStep",
    "Keeping",
    "Listing",
    "MarketCredit",
    "ModelSale",
    "ModelTransfers",
    "Payee",
    "PinReceipt",
    "Purchase",
    "ReleaseEntry",
    "ReleaseGrant",
    "Right",
    "RowsInModel",
    "SubjectKind",
    "Upload",
    "UploadChunk",
    "UploadSession",
    "VersionMetadata",
]
