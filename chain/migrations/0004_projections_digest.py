"""Which code the projected rows are of."""

from django.db import migrations

import common.fields


class Migration(migrations.Migration):
    dependencies = [
        ("chain", "0003_outbox_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="indexcursor",
            name="projections_digest",
            field=common.fields.Bytes32Field(
                blank=True,
                db_default="",
                default="",
                help_text="which code the projected rows are of; empty: unknown",
            ),
        ),
    ]
