"""Indexes for who signed, for what failed, and for what a transaction is about."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chain", "0002_journal_functions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("state", "FAILED")), fields=["updated_at"], name="chain_outbox_failed"
            ),
        ),
        migrations.AddIndex(
            model_name="outboxentry",
            index=GinIndex(fields=["payload"], name="chain_outbox_payload", opclasses=["jsonb_path_ops"]),
        ),
        migrations.AddIndex(
            model_name="outboxtransaction",
            index=models.Index(fields=["sender_address"], name="chain_outbox_signer"),
        ),
    ]
