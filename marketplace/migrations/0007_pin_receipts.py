"""A receipt for each place that keeps a tree."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0006_model_transfers")]

    operations = [
        migrations.CreateModel(
            name="PinReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cid", models.CharField(max_length=100)),
                ("place", models.CharField(help_text="for people; no address", max_length=100)),
                ("read_back_bytes", models.BigIntegerField(null=True)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("checked_at", models.DateTimeField(db_index=True)),
            ],
            options={"ordering": ["cid", "place"]},
        ),
        migrations.AddConstraint(
            model_name="pinreceipt",
            constraint=models.UniqueConstraint(fields=("cid", "place"), name="marketplace_receipt_once"),
        ),
    ]
