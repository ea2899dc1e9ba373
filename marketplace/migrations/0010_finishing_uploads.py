from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0009_model_sales")]

    operations = [
        migrations.AddField(
            "uploadsession",
            "step",
            models.CharField(
                max_length=20,
                blank=True,
                default="",
                db_default="",
                help_text="of its finishing; after a kill it stays",
            ),
        ),
        migrations.AddField(
            "uploadsession",
            "refusal",
            models.JSONField(null=True, help_text="how the last try to finish it beside a request ended"),
        ),
    ]
