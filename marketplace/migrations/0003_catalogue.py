"""The catalogue: a row a dataset, kept by the triggers whose text stands beside this file as SQL."""

from pathlib import Path

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

import common.fields

CREATE = Path(__file__).with_suffix(".sql").read_text()
DROP = """
DROP VIEW marketplace_catalogue_source;
DROP FUNCTION marketplace_catalogue_enter(bigint);
DROP FUNCTION marketplace_catalogue_follow_dataset() CASCADE;
DROP FUNCTION marketplace_catalogue_follow_payee() CASCADE;
DROP FUNCTION marketplace_catalogue_follow_subject() CASCADE;
DROP FUNCTION marketplace_catalogue_follow_metadata() CASCADE;
DROP FUNCTION marketplace_catalogue_empty() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("chain", "0002_journal_functions"),
        ("marketplace", "0002_private_data"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueEntry",
            fields=[
                ("token_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("owner", common.fields.AddressField(db_index=True)),
                ("minted_at", models.DateTimeField()),
                ("is_retired", models.BooleanField()),
                ("allow_compute", models.BooleanField()),
                ("allow_download", models.BooleanField()),
                ("version_count", models.IntegerField()),
                ("size_bytes", models.DecimalField(decimal_places=0, max_digits=20)),
                ("title", models.CharField(max_length=200)),
                ("summary", models.CharField(max_length=400)),
                ("licence", models.CharField(max_length=200)),
                ("keywords", models.JSONField()),
                ("format", models.CharField(max_length=20)),
                (
                    "task",
                    models.CharField(
                        choices=[
                            ("classification", "Classification"),
                            ("regression", "Regression"),
                            ("unlabelled", "Unlabelled"),
                        ],
                        max_length=14,
                    ),
                ),
                ("rows", models.BigIntegerField()),
                ("column_count", models.BigIntegerField()),
                ("classes", models.IntegerField()),
                (
                    "is_quantum_ready",
                    models.BooleanField(
                        help_text="at most 20 numeric features, none of them missing a value, and classes to predict"
                    ),
                ),
                (
                    "offer_right",
                    models.SmallIntegerField(
                        choices=[(1, "download"), (2, "compute"), (3, "predict")],
                        help_text="of the open listing",
                        null=True,
                    ),
                ),
                ("offer_token", common.fields.AddressField(null=True)),
                ("offer_units", common.fields.Uint256Field(null=True)),
                ("offer_closes_at", models.DecimalField(decimal_places=0, default=0, max_digits=20)),
                (
                    "buyers",
                    models.IntegerField(help_text="different wallets that paid and are paid nothing by it"),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "verbose_name_plural": "catalogue entries",
                "ordering": ["-token_id"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["words"], name="marketplace_catalogue_words"
                    ),
                    models.Index(fields=["licence", "-token_id"], name="marketplace_catalogue_licence"),
                    models.Index(fields=["-rows", "-token_id"], name="marketplace_catalogue_rows"),
                    models.Index(fields=["-buyers", "-token_id"], name="marketplace_catalogue_buyers"),
                    models.Index(
                        fields=["offer_token", "offer_units", "-token_id"], name="marketplace_catalogue_price"
                    ),
                    models.Index(
                        condition=models.Q(("offer_closes_at__gt", 0)),
                        fields=["offer_closes_at"],
                        name="marketplace_catalogue_closing",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
