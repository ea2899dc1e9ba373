from marketplace.models.dataset import Dataset, DatasetVersion, Payee
from marketplace.models.metadata import VersionMetadata
from marketplace.models.trade import AccessPass, Listing, MarketCredit, Purchase
from marketplace.models.upload import DatasetDraft, Upload
from marketplace.models.words import Right, RowsInModel, SubjectKind

__all__ = [
    "AccessPass",
    "Dataset",
    "DatasetDraft",
    "DatasetVersion",
    "Listing",
    "MarketCredit",
    "Payee",
    "Purchase",
    "Right",
    "RowsInModel",
    "SubjectKind",
    "Upload",
    "VersionMetadata",
]
