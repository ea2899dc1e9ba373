"""Indexes for rows that wait: specs without a picture, runs that a person resumes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("qjobs", "0005_tiles"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("state__in", ["FAILED", "PAUSED"])),
                fields=["id"],
                name="qjobs_run_resumable",
            ),
        ),
        migrations.AddIndex(
            model_name="specdocument",
            index=models.Index(fields=["created_at"], name="qjobs_spec_newest"),
        ),
        migrations.AddIndex(
            model_name="specdocument",
            index=models.Index(
                condition=models.Q(("preview_state", "READY"), _negated=True),
                fields=["preview_state", "created_at"],
                name="qjobs_spec_undrawn",
            ),
        ),
    ]
