"""What a step of a run tells besides: the loss, and the seconds left."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("qjobs", "0006_waiting_row_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="runevent",
            name="loss",
            field=models.FloatField(help_text="what training makes smaller", null=True),
        ),
        migrations.AddField(
            model_name="runevent",
            name="seconds_left",
            field=models.FloatField(help_text="by the pace of the steps so far", null=True),
        ),
    ]
