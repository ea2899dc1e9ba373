"""One row a dataset with all that the catalogue shows, filters and sorts by.

The database keeps it: triggers on datasets, listings, sales, payees and metadata write it anew whenever one
of them changes, also when a reorganisation takes a change back (migration `catalogue`). No code writes it.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from common.fields import AddressField, Uint256Field
from marketplace.models.words import Right


class CatalogueEntry(models.Model):
    """A dataset as the catalogue has it. Empty texts and 0 rows stand for what is not known or not told."""

    class Task(models.TextChoices):
        CLASSIFICATION = "classification"
        REGRESSION = "regression"
        UNLABELLED = "unlabelled"

    token_id = models.BigIntegerField(primary_key=True)
    owner = AddressField(db_index=True)
    minted_at = models.DateTimeField()
    is_retired = models.BooleanField()
    allow_compute = models.BooleanField()
    allow_download = models.BooleanField()
    version_count = models.IntegerField()
    size_bytes = models.DecimalField(max_digits=20, decimal_places=0)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400)
    licence = models.CharField(max_length=200)
    keywords = models.JSONField()
    format = models.CharField(max_length=20)
    task = models.CharField(max_length=14, choices=Task.choices)
    rows = models.BigIntegerField()
    column_count = models.BigIntegerField()
    classes = models.IntegerField()
    is_quantum_ready = models.BooleanField(
        help_text="at most 20 numeric features, none of them missing a value, and classes to predict"
    )
    offer_right = models.SmallIntegerField(choices=Right.choices, null=True, help_text="of the open listing")
    offer_token = AddressField(null=True)
    offer_units = Uint256Field(null=True)  # type: ignore[misc]  # as in qjobs.models.job
    offer_closes_at = models.DecimalField(max_digits=20, decimal_places=0, default=0)
    buyers = models.IntegerField(help_text="different wallets that paid and are paid nothing by it")
    words = SearchVectorField()

    class Meta:
        ordering = ["-token_id"]
        verbose_name_plural = "catalogue entries"
        indexes = [
            GinIndex(fields=["words"], name="marketplace_catalogue_words"),
            models.Index(fields=["licence", "-token_id"], name="marketplace_catalogue_licence"),
            models.Index(fields=["-rows", "-token_id"], name="marketplace_catalogue_rows"),
            models.Index(fields=["-buyers", "-token_id"], name="marketplace_catalogue_buyers"),
            models.Index(
                fields=["offer_token", "offer_units", "-token_id"], name="marketplace_catalogue_price"
            ),
            models.Index(
                fields=["offer_closes_at"],
                name="marketplace_catalogue_closing",
                condition=models.Q(offer_closes_at__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"dataset {self.token_id}"
