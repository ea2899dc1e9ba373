from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("qjobs", "0003_disputes")]

    operations = [
        migrations.AddField("recheck", "withheld_since", models.BigIntegerField(null=True)),
        migrations.AddField("recheck", "withheld_tries", models.IntegerField(default=0)),
    ]
