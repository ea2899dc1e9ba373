"""Tiles of large runs, and the state of a run that waits for them."""

import django.db.models.deletion
from django.db import migrations, models

RUN_STATES = (
    "QUEUED",
    "CLAIMING",
    "CLAIMED",
    "RUNNING",
    "TILING",
    "FROZEN",
    "POSTING",
    "POSTED",
    "SETTLING",
    "DONE",
    "REFUSED",
    "LOST",
    "FAILED",
    "PAUSED",
)


class Migration(migrations.Migration):
    dependencies = [("qjobs", "0004_withheld_results")]

    operations = [
        migrations.AlterField(
            model_name="run",
            name="state",
            field=models.CharField(
                choices=[(state, state.capitalize()) for state in RUN_STATES], default="QUEUED", max_length=8
            ),
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField(help_text="from 0")),
                (
                    "state",
                    models.CharField(
                        choices=[("WAITING", "Waiting"), ("DONE", "Done")], default="WAITING", max_length=7
                    ),
                ),
                (
                    "cid",
                    models.CharField(
                        blank=True, help_text="of its bytes in the run's folder", max_length=128
                    ),
                ),
                ("size", models.BigIntegerField(default=0)),
                ("lease_owner", models.CharField(blank=True, max_length=100)),
                (
                    "lease_until",
                    models.DateTimeField(help_text="by the database's clock; past means free", null=True),
                ),
                ("fence", models.BigIntegerField(default=0, help_text="grows with each lease")),
                ("lost_attempts", models.IntegerField(default=0, help_text="starts whose worker vanished")),
                ("not_before", models.DateTimeField(help_text="a retry waits until then", null=True)),
                (
                    "retries",
                    models.IntegerField(default=0, help_text="tries that met an absent node or store"),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tiles", to="qjobs.run"
                    ),
                ),
            ],
            options={
                "ordering": ["run", "number"],
                "indexes": [
                    models.Index(condition=models.Q(state="WAITING"), fields=["run"], name="qjobs_tile_open")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "number"), name="qjobs_tile_number"),
                    models.CheckConstraint(
                        condition=models.Q(state="WAITING") | ~models.Q(cid=""),
                        name="qjobs_done_tile_has_bytes",
                    ),
                ],
            },
        ),
    ]
