"""Datasets as the chain has them."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Bytes32Field, Uint256Field
from marketplace.models.words import RowsInModel


class Dataset(ProjectedModel):
    """A DatasetToken: who owns it, its terms, and its newest version."""

    token_id = models.BigIntegerField(primary_key=True)
    owner = AddressField(db_index=True)
    minted_by = AddressField()
    minted_block = models.BigIntegerField()
    minted_at = models.DateTimeField()
    minted_tx = Bytes32Field()
    allow_download = models.BooleanField(default=False)
    allow_compute = models.BooleanField(default=False)
    rows_in_model = models.SmallIntegerField(choices=RowsInModel.choices, default=RowsInModel.NEVER)
    algorithms = models.JSONField(default=list, help_text="allowed algorithms; empty allows any")
    standing_consent = models.BooleanField(default=False)
    consent_epoch = models.BigIntegerField(
        default=0, help_text="counts transfers; each voids earlier consents"
    )
    job_fee_token = AddressField(blank=True, default="")
    job_fee_units = Uint256Field(default=0)
    is_retired = models.BooleanField(default=False)
    version_count = models.IntegerField(default=0)
    newest_metadata_digest = Bytes32Field(blank=True, default="", db_index=True)

    class Meta:
        ordering = ["-token_id"]

    def __str__(self) -> str:
        return f"dataset {self.token_id}"


class DatasetVersion(ProjectedModel):
    """One version of a dataset; append-only."""

    key = models.CharField(primary_key=True, max_length=60, help_text="token id / number")
    dataset = models.ForeignKey(
        Dataset, on_delete=models.DO_NOTHING, db_constraint=False, related_name="versions"
    )
    number = models.IntegerField()
    codec = models.BigIntegerField()
    content_digest = Bytes32Field(db_index=True)
    metadata_digest = Bytes32Field(db_index=True)
    licence_hash = Bytes32Field()
    size_bytes = models.DecimalField(max_digits=20, decimal_places=0)
    published_by = AddressField(
        blank=True, default="", help_text="the owner then; empty where one of a batch was opened"
    )
    published_block = models.BigIntegerField()
    published_at = models.DateTimeField()
    published_tx = Bytes32Field()

    class Meta:
        ordering = ["-dataset_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="marketplace_version_number")
        ]

    def __str__(self) -> str:
        return f"dataset {self.dataset_id} version {self.number}"


class Payee(ProjectedModel):
    """Who shares what a dataset earns; the parts of a dataset add to 10,000."""

    key = models.CharField(primary_key=True, max_length=60, help_text="token id / position")
    dataset = models.ForeignKey(
        Dataset, on_delete=models.DO_NOTHING, db_constraint=False, related_name="payees"
    )
    position = models.IntegerField()
    address = AddressField(db_index=True)
    parts = models.IntegerField()

    class Meta:
        ordering = ["dataset_id", "position"]

    def __str__(self) -> str:
        return f"{self.address} {self.parts}/10000 of dataset {self.dataset_id}"
