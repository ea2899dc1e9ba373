"""Disputes, attestations, executors with their keys and stakes, and our own rechecks of disputed results."""

from django.db import migrations, models

import common.fields
from chain.migration_operations import JournalTable


class Migration(migrations.Migration):
    dependencies = [("chain", "0002_journal_functions"), ("qjobs", "0002_append_only_steps")]

    operations = [
        migrations.CreateModel(
            name="Attestation",
            fields=[
                (
                    "attestation_id",
                    models.CharField(
                        help_text="<job>-<task>-<verifier>", max_length=110, primary_key=True, serialize=False
                    ),
                ),
                ("dispute_id", models.CharField(db_index=True, max_length=64)),
                ("verifier", common.fields.AddressField(db_index=True)),
                ("is_right", models.BooleanField()),
                ("report_digest", common.fields.Bytes32Field()),
                ("attested_at", models.BigIntegerField()),
                ("attested_tx", common.fields.Bytes32Field()),
            ],
            options={
                "ordering": ["attested_at", "attestation_id"],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "dispute_id",
                    models.CharField(
                        help_text="<job>-<task>", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("job_id", models.BigIntegerField(db_index=True)),
                ("number", models.BigIntegerField(unique=True)),
                ("task", models.SmallIntegerField()),
                ("challenger", common.fields.AddressField(db_index=True)),
                ("executor", common.fields.AddressField(db_index=True)),
                ("reason_digest", common.fields.Bytes32Field()),
                ("attest_by", common.fields.Uint256Field()),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[(1, "open"), (2, "lost"), (3, "rejected"), (4, "tied")],
                        db_index=True,
                        default=1,
                    ),
                ),
                ("slashed_units", common.fields.Uint256Field(default=0)),
                ("opened_at", models.BigIntegerField()),
                ("opened_block", models.BigIntegerField()),
                ("opened_tx", common.fields.Bytes32Field()),
                ("closed_at", models.BigIntegerField(null=True)),
                ("closed_tx", common.fields.Bytes32Field(null=True)),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Executor",
            fields=[
                ("address", common.fields.AddressField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(unique=True)),
                ("is_admitted", models.BooleanField(default=False)),
                ("is_verifier", models.BooleanField(default=False)),
                ("admitted_at", models.BigIntegerField(null=True)),
                ("removed_at", models.BigIntegerField(null=True)),
                ("staked_units", common.fields.Uint256Field(default=0)),
                ("leaving_units", common.fields.Uint256Field(default=0)),
                ("leaves_at", common.fields.Uint256Field(null=True)),
                ("slashed_units", common.fields.Uint256Field(default=0)),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="ExecutorKey",
            fields=[
                (
                    "key_id",
                    models.CharField(
                        help_text="<executor>-<number>", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("executor", common.fields.AddressField(db_index=True)),
                ("number", models.IntegerField()),
                ("signing_key", common.fields.Bytes32Field()),
                (
                    "age_recipient",
                    models.TextField(blank=True, help_text="as age writes it; raw hex where it is no text"),
                ),
                ("since", models.BigIntegerField()),
            ],
            options={
                "ordering": ["executor", "-number"],
            },
        ),
        migrations.CreateModel(
            name="StakeCredit",
            fields=[
                (
                    "credit_id",
                    models.CharField(
                        help_text="<contract>-<account>", max_length=70, primary_key=True, serialize=False
                    ),
                ),
                ("contract", models.CharField(max_length=20)),
                ("account", common.fields.AddressField(db_index=True)),
                ("credited_units", common.fields.Uint256Field(default=0)),
                ("withdrawn_units", common.fields.Uint256Field(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Recheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dispute_id", models.CharField(max_length=64)),
                (
                    "opened_tx",
                    common.fields.Bytes32Field(
                        help_text="the challenge that it answers: after a reorganisation it is another"
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MATCH", "the result holds"),
                            ("MISMATCH", "the result is wrong"),
                            ("CANNOT_CHECK", "could not be checked"),
                        ],
                        max_length=12,
                    ),
                ),
                ("report_digest", common.fields.Bytes32Field(null=True)),
                ("report_cid", models.CharField(blank=True, max_length=128)),
                (
                    "busy_until",
                    models.DateTimeField(help_text="by the database's clock; past means free", null=True),
                ),
                ("made_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dispute_id", "opened_tx"), name="qjobs_one_recheck_a_dispute"
                    )
                ],
            },
        ),
        JournalTable("qjobs_attestation"),
        JournalTable("qjobs_dispute"),
        JournalTable("qjobs_executor"),
        JournalTable("qjobs_executorkey"),
        JournalTable("qjobs_stakecredit"),
    ]
