"""What the ParameterBook holds: numbers, allow-lists, documents and the guardian."""

from django.db import migrations, models

import common.fields
from chain.migration_operations import JournalTable


class Migration(migrations.Migration):
    dependencies = [("chain", "0002_journal_functions"), ("governance", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="BookAllowance",
            fields=[
                (
                    "allowance_id",
                    models.CharField(
                        help_text="<kind>-<item>", max_length=140, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=66)),
                (
                    "item",
                    models.CharField(
                        help_text="a short name, or 32 bytes as hex where it is none", max_length=66
                    ),
                ),
                ("is_allowed", models.BooleanField()),
                ("set_at", models.BigIntegerField()),
                ("set_tx", common.fields.Bytes32Field()),
            ],
            options={
                "ordering": ["kind", "item"],
            },
        ),
        migrations.CreateModel(
            name="BookDocument",
            fields=[
                ("kind", models.CharField(max_length=66, primary_key=True, serialize=False)),
                ("digest", common.fields.Bytes32Field(null=True)),
                ("set_at", models.BigIntegerField()),
                ("set_tx", common.fields.Bytes32Field()),
            ],
            options={
                "ordering": ["kind"],
            },
        ),
        migrations.CreateModel(
            name="BookValue",
            fields=[
                ("key", models.CharField(max_length=66, primary_key=True, serialize=False)),
                ("value", common.fields.Uint256Field()),
                ("set_at", models.BigIntegerField()),
                ("set_tx", common.fields.Bytes32Field()),
            ],
            options={
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="Guardian",
            fields=[
                ("number", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("address", common.fields.AddressField(null=True)),
                ("is_armed", models.BooleanField()),
                (
                    "paused_until",
                    common.fields.Uint256Field(
                        default=0, help_text="the chain's time; 0 where nothing was paused"
                    ),
                ),
                ("named_at", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        JournalTable("governance_bookallowance"),
        JournalTable("governance_bookdocument"),
        JournalTable("governance_bookvalue"),
        JournalTable("governance_guardian"),
    ]
