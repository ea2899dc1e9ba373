from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("qjobs", "0003_disputes")]

    operations = [
        migrations.RenameField("recheck", "busy_until", "retry_at"),
        migrations.AlterField(
            "recheck",
            "retry_at",
            models.DateTimeField(help_text="by the database's clock: when to compute again", null=True),
        ),
        migrations.AddField("recheck", "withheld_since", models.BigIntegerField(null=True)),
        migrations.AddField("recheck", "withheld_tries", models.IntegerField(default=0)),
    ]
