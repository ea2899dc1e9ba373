import django.db.models.deletion
from django.db import migrations, models

import common.fields
from chain.migration_operations import JournalTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("chain", "0002_journal_functions")]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "consent_id",
                    models.CharField(
                        help_text="<job>-<dataset>", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("job_id", models.BigIntegerField(db_index=True)),
                ("dataset_id", models.BigIntegerField(db_index=True)),
                ("owner", common.fields.AddressField()),
                ("given_at", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("job_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("requester", common.fields.AddressField(db_index=True)),
                ("spec_digest", common.fields.Bytes32Field(db_index=True)),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (1, "requested"),
                            (2, "approved"),
                            (3, "running"),
                            (4, "window"),
                            (5, "settled"),
                            (6, "cancelled"),
                            (7, "expired"),
                            (8, "disputed"),
                        ],
                        db_index=True,
                        default=1,
                    ),
                ),
                ("tasks", models.SmallIntegerField()),
                ("algorithm", models.CharField(max_length=66)),
                ("engine", models.CharField(max_length=66)),
                ("qubits", models.IntegerField()),
                ("payment_token", common.fields.AddressField()),
                ("pay_per_task", common.fields.Uint256Field()),
                ("data_fees", common.fields.Uint256Field()),
                ("treasury_fee", common.fields.Uint256Field()),
                ("approve_by", common.fields.Uint256Field()),
                ("claim_by", common.fields.Uint256Field()),
                ("run_seconds", common.fields.Uint256Field()),
                ("requested_at", models.BigIntegerField()),
                ("requested_block", models.BigIntegerField()),
                ("approved_digest", common.fields.Bytes32Field(null=True)),
                ("approved_at", models.BigIntegerField(null=True)),
                ("approved_block", models.BigIntegerField(db_index=True, null=True)),
                ("window_ends_at", common.fields.Uint256Field(null=True)),
                ("model_id", models.BigIntegerField(null=True)),
                ("refunded_units", common.fields.Uint256Field(null=True)),
            ],
            options={
                "ordering": ["-job_id"],
            },
        ),
        migrations.CreateModel(
            name="JobCredit",
            fields=[
                (
                    "credit_id",
                    models.CharField(
                        help_text="<account>-<token>", max_length=90, primary_key=True, serialize=False
                    ),
                ),
                ("account", common.fields.AddressField(db_index=True)),
                ("token", common.fields.AddressField()),
                ("credited_units", common.fields.Uint256Field(default=0)),
                ("withdrawn_units", common.fields.Uint256Field(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="JobDataset",
            fields=[
                (
                    "job_dataset_id",
                    models.CharField(
                        help_text="<job>-<dataset>", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("job_id", models.BigIntegerField(db_index=True)),
                ("position", models.SmallIntegerField()),
                ("dataset_id", models.BigIntegerField(db_index=True)),
                ("version", models.IntegerField()),
                ("pass_id", models.BigIntegerField(help_text="0 where the requester owns the dataset")),
                ("fee_units", common.fields.Uint256Field()),
            ],
            options={
                "ordering": ["job_id", "position"],
            },
        ),
        migrations.CreateModel(
            name="JobMilestone",
            fields=[
                (
                    "milestone_id",
                    models.CharField(
                        help_text="<block>-<log index>", max_length=40, primary_key=True, serialize=False
                    ),
                ),
                ("job_id", models.BigIntegerField(db_index=True)),
                ("event", models.CharField(max_length=40)),
                ("args", models.JSONField(help_text="the event's arguments; numbers as decimal strings")),
                ("block", models.BigIntegerField()),
                ("log_index", models.IntegerField()),
                ("at", models.BigIntegerField()),
                ("tx_hash", common.fields.Bytes32Field()),
            ],
            options={
                "ordering": ["block", "log_index"],
            },
        ),
        migrations.CreateModel(
            name="JobParent",
            fields=[
                (
                    "job_parent_id",
                    models.CharField(
                        help_text="<job>-<model>", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("job_id", models.BigIntegerField(db_index=True)),
                ("position", models.SmallIntegerField()),
                ("model_id", models.BigIntegerField(db_index=True)),
            ],
            options={
                "ordering": ["job_id", "position"],
            },
        ),
        migrations.CreateModel(
            name="JobPayout",
            fields=[
                (
                    "payout_id",
                    models.CharField(
                        help_text="<job>-<account>-<token>", max_length=120, primary_key=True, serialize=False
                    ),
                ),
                ("job_id", models.BigIntegerField(db_index=True)),
                ("account", common.fields.AddressField(db_index=True)),
                ("token", common.fields.AddressField()),
                ("units", common.fields.Uint256Field(default=0)),
            ],
            options={
                "ordering": ["job_id", "-units", "payout_id"],
            },
        ),
        migrations.CreateModel(
            name="JobTask",
            fields=[
                (
                    "job_task_id",
                    models.CharField(
                        help_text="<job>-<task>", max_length=64, primary_key=True, serialize=False
                    ),
                ),
                ("job_id", models.BigIntegerField(db_index=True)),
                ("task", models.SmallIntegerField()),
                ("executor", common.fields.AddressField(db_index=True)),
                ("epoch", models.IntegerField()),
                ("run_by", common.fields.Uint256Field()),
                ("is_extended", models.BooleanField(default=False)),
                ("claimed_at", models.BigIntegerField()),
                ("claimed_tx", common.fields.Bytes32Field()),
                ("artefact_digest", common.fields.Bytes32Field(null=True)),
                ("metrics_digest", common.fields.Bytes32Field(null=True)),
                ("run_record_digest", common.fields.Bytes32Field(null=True)),
                ("posted_at", models.BigIntegerField(null=True)),
                ("posted_block", models.BigIntegerField(null=True)),
                ("posted_tx", common.fields.Bytes32Field(null=True)),
            ],
            options={
                "ordering": ["job_id", "task"],
            },
        ),
        migrations.CreateModel(
            name="SpecDocument",
            fields=[
                ("digest", common.fields.Bytes32Field(primary_key=True, serialize=False)),
                ("cid", models.CharField(max_length=128)),
                ("author", common.fields.AddressField(db_index=True)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("spec", models.JSONField()),
                ("estimate", models.JSONField(help_text="from the spec and the number of rows alone")),
                ("warnings", models.JSONField(default=list)),
                (
                    "preview_state",
                    models.CharField(
                        choices=[("WAITING", "Waiting"), ("READY", "Ready"), ("FAILED", "Failed")],
                        default="WAITING",
                        max_length=7,
                    ),
                ),
                ("preview_problem", models.TextField(blank=True)),
                ("circuit_text", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="TrainedModel",
            fields=[
                ("token_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("job_id", models.BigIntegerField(db_index=True)),
                ("owner", common.fields.AddressField(db_index=True)),
                ("artefact_digest", common.fields.Bytes32Field()),
                ("metrics_digest", common.fields.Bytes32Field()),
                ("run_record_digest", common.fields.Bytes32Field()),
                ("minted_at", models.BigIntegerField()),
                ("minted_block", models.BigIntegerField()),
                ("minted_tx", common.fields.Bytes32Field()),
            ],
            options={
                "ordering": ["-token_id"],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("job_id", models.BigIntegerField()),
                ("task", models.SmallIntegerField()),
                ("approved_digest", common.fields.Bytes32Field()),
                ("approved_block", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "Queued"),
                            ("CLAIMING", "Claiming"),
                            ("CLAIMED", "Claimed"),
                            ("RUNNING", "Running"),
                            ("FROZEN", "Frozen"),
                            ("POSTING", "Posting"),
                            ("POSTED", "Posted"),
                            ("SETTLING", "Settling"),
                            ("DONE", "Done"),
                            ("REFUSED", "Refused"),
                            ("LOST", "Lost"),
                            ("FAILED", "Failed"),
                            ("PAUSED", "Paused"),
                        ],
                        default="QUEUED",
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True, help_text="why it ended or waits, in words for the requester"
                    ),
                ),
                ("epoch", models.IntegerField(help_text="of our claim", null=True)),
                ("lease_owner", models.CharField(blank=True, max_length=100)),
                (
                    "lease_until",
                    models.DateTimeField(help_text="by the database's clock; past means free", null=True),
                ),
                (
                    "fence",
                    models.BigIntegerField(
                        default=0, help_text="grows with each lease; a write with an older one is void"
                    ),
                ),
                ("attempts", models.IntegerField(default=0, help_text="starts of the computation")),
                ("lost_attempts", models.IntegerField(default=0, help_text="starts whose worker vanished")),
                (
                    "claims",
                    models.IntegerField(
                        default=0, help_text="claims that this run sent; the next one has a key of its own"
                    ),
                ),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("not_before", models.DateTimeField(help_text="a retry waits until then", null=True)),
                (
                    "retries",
                    models.IntegerField(
                        default=0, help_text="tries of this step that met an absent node or store"
                    ),
                ),
                ("events", models.IntegerField(default=0, help_text="sequence number of the newest event")),
                (
                    "facts",
                    models.JSONField(
                        default=dict, help_text="what the run record states, frozen with the files"
                    ),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["DONE", "REFUSED", "LOST", "FAILED", "PAUSED"]), _negated=True
                        ),
                        fields=["id"],
                        name="qjobs_run_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("job_id", "task"), name="qjobs_one_run_a_task")
                ],
            },
        ),
        migrations.CreateModel(
            name="RunEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.IntegerField()),
                ("stage", models.CharField(max_length=40)),
                ("step", models.IntegerField(default=0)),
                ("steps", models.IntegerField(default=0)),
                ("message", models.TextField()),
                ("metric", models.FloatField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="progress", to="qjobs.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "sequence"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "sequence"), name="qjobs_run_event_sequence")
                ],
            },
        ),
        migrations.CreateModel(
            name="RunFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("cid", models.CharField(max_length=128)),
                ("size", models.BigIntegerField()),
                ("sha256", common.fields.Bytes32Field()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="qjobs.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "name"],
                "constraints": [models.UniqueConstraint(fields=("run", "name"), name="qjobs_run_file_name")],
            },
        ),
        JournalTable("qjobs_job"),
        JournalTable("qjobs_jobdataset"),
        JournalTable("qjobs_jobparent"),
        JournalTable("qjobs_jobtask"),
        JournalTable("qjobs_consent"),
        JournalTable("qjobs_jobmilestone"),
        JournalTable("qjobs_jobcredit"),
        JournalTable("qjobs_jobpayout"),
        JournalTable("qjobs_trainedmodel"),
    ]
