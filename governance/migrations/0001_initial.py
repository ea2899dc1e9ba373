import django.contrib.postgres.indexes
from django.db import migrations, models

import common.fields
from chain.migration_operations import JournalTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("chain", "0002_journal_functions")]

    operations = [
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("delegator", common.fields.AddressField(primary_key=True, serialize=False)),
                ("delegate", common.fields.AddressField(db_index=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GovernorSetting",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("value", common.fields.Uint256Field()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="QuorumCheckpoint",
            fields=[
                ("at", models.BigIntegerField(primary_key=True, serialize=False)),
                ("percent", models.SmallIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SupplyCheckpoint",
            fields=[
                ("at", models.BigIntegerField(primary_key=True, serialize=False)),
                ("units", common.fields.Uint256Field()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TimelockOperation",
            fields=[
                ("operation_id", common.fields.Bytes32Field(primary_key=True, serialize=False)),
                ("proposal_id", common.fields.Uint256Field(null=True, unique=True)),
                ("scheduled_tx", common.fields.Bytes32Field(db_index=True)),
                ("ready_at", models.BigIntegerField()),
                ("done_at", models.BigIntegerField(null=True)),
                ("cancelled_at", models.BigIntegerField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "vote_id",
                    models.CharField(
                        help_text="<proposal>-<voter>", max_length=128, primary_key=True, serialize=False
                    ),
                ),
                ("proposal_id", common.fields.Uint256Field(db_index=True)),
                ("voter", common.fields.AddressField(db_index=True)),
                ("support", models.SmallIntegerField(choices=[(0, "against"), (1, "for"), (2, "abstain")])),
                ("weight_units", common.fields.Uint256Field()),
                ("reason", models.TextField(blank=True)),
                ("cast_at", models.BigIntegerField()),
                ("cast_block", models.BigIntegerField()),
                ("cast_tx", common.fields.Bytes32Field()),
            ],
            options={
                "ordering": ["-weight_units", "vote_id"],
            },
        ),
        migrations.CreateModel(
            name="VoteBalance",
            fields=[
                ("account", common.fields.AddressField(primary_key=True, serialize=False)),
                ("units", common.fields.Uint256Field()),
            ],
            options={
                "ordering": ["-units"],
            },
        ),
        migrations.CreateModel(
            name="VotingPower",
            fields=[
                ("account", common.fields.AddressField(primary_key=True, serialize=False)),
                ("units", common.fields.Uint256Field()),
            ],
            options={
                "verbose_name_plural": "voting power",
                "ordering": ["-units"],
            },
        ),
        migrations.CreateModel(
            name="PowerCheckpoint",
            fields=[
                (
                    "checkpoint_id",
                    models.CharField(
                        help_text="<account>-<second>", max_length=80, primary_key=True, serialize=False
                    ),
                ),
                ("account", common.fields.AddressField()),
                ("at", models.BigIntegerField()),
                ("units", common.fields.Uint256Field()),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-at"], name="governance_power_at")],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("proposal_id", common.fields.Uint256Field(primary_key=True, serialize=False)),
                ("proposer", common.fields.AddressField(db_index=True)),
                ("targets", models.JSONField()),
                ("values_wei", models.JSONField(help_text="one decimal string an action")),
                ("calldatas", models.JSONField()),
                ("description", models.TextField()),
                ("description_hash", common.fields.Bytes32Field()),
                ("snapshot_at", models.BigIntegerField()),
                ("deadline_at", models.BigIntegerField()),
                ("extended_deadline_at", models.BigIntegerField(null=True)),
                (
                    "eta_at",
                    models.BigIntegerField(help_text="earliest execution, known once queued", null=True),
                ),
                ("for_units", common.fields.Uint256Field(default=0)),
                ("against_units", common.fields.Uint256Field(default=0)),
                ("abstain_units", common.fields.Uint256Field(default=0)),
                ("voters", models.IntegerField(default=0)),
                ("created_at", models.BigIntegerField()),
                ("created_block", models.BigIntegerField(db_index=True)),
                ("created_tx", common.fields.Bytes32Field()),
                ("queued_at", models.BigIntegerField(null=True)),
                ("queued_block", models.BigIntegerField(null=True)),
                ("queued_tx", common.fields.Bytes32Field(null=True)),
                ("executed_at", models.BigIntegerField(null=True)),
                ("executed_block", models.BigIntegerField(null=True)),
                ("executed_tx", common.fields.Bytes32Field(null=True)),
                ("canceled_at", models.BigIntegerField(null=True)),
                ("canceled_block", models.BigIntegerField(null=True)),
                ("canceled_tx", common.fields.Bytes32Field(null=True)),
            ],
            options={
                "ordering": ["-created_block", "-proposal_id"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["calldatas"], name="governance_by_calldata", opclasses=["jsonb_path_ops"]
                    )
                ],
            },
        ),
        JournalTable("governance_delegation"),
        JournalTable("governance_governorsetting"),
        JournalTable("governance_powercheckpoint"),
        JournalTable("governance_proposal"),
        JournalTable("governance_quorumcheckpoint"),
        JournalTable("governance_supplycheckpoint"),
        JournalTable("governance_timelockoperation"),
        JournalTable("governance_vote"),
        JournalTable("governance_votebalance"),
        JournalTable("governance_votingpower"),
    ]
