"""Whose file each key is of, who published each version, and grants of models."""

from django.db import migrations, models

import common.fields

PUBLISHERS = """
DO $$
DECLARE
    event chain_chainevent;
    publisher text;
BEGIN
    CREATE TEMPORARY TABLE whose_dataset (token text PRIMARY KEY, owner text, newest bigint DEFAULT 0)
        ON COMMIT DROP;
    PERFORM set_config('chain.block', 'unrecorded', true);
    FOR event IN
        SELECT * FROM chain_chainevent
        WHERE contract = 'DatasetToken' AND name IN ('Transfer', 'VersionPublished')
        ORDER BY block_number, log_index
    LOOP
        IF event.name = 'Transfer' THEN
            INSERT INTO whose_dataset (token, owner) VALUES (event.args ->> 'tokenId', event.args ->> 'to')
                ON CONFLICT (token) DO UPDATE SET owner = excluded.owner;
        ELSE
            UPDATE whose_dataset SET newest = (event.args ->> 'number')::bigint
                WHERE token = event.args ->> 'tokenId' AND newest < (event.args ->> 'number')::bigint
                RETURNING owner INTO publisher;
            UPDATE marketplace_datasetversion SET published_by = coalesce(publisher, '')
                WHERE key = (event.args ->> 'tokenId') || '/' || (event.args ->> 'number');
        END IF;
    END LOOP;
    PERFORM set_config('chain.block', '', true);
    DROP TABLE whose_dataset;
END $$;
"""

OWNERS = """
UPDATE marketplace_contentkey SET owner = users.address
    FROM marketplace_upload uploads JOIN accounts_user users ON users.id = uploads.owner_id
    WHERE uploads.cid = marketplace_contentkey.cid AND uploads.is_private
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("chain", "0002_journal_functions"),
        ("marketplace", "0007_pin_receipts"),
    ]

    operations = [
        migrations.AddField(
            model_name="contentkey",
            name="job_id",
            field=models.BigIntegerField(help_text="the job whose result the file is of", null=True),
        ),
        migrations.AddField(
            model_name="contentkey",
            name="owner",
            field=common.fields.AddressField(
                blank=True, default="", help_text="who uploaded the file; empty for a job's"
            ),
        ),
        migrations.AddField(
            model_name="datasetversion",
            name="published_by",
            field=common.fields.AddressField(
                blank=True, default="", help_text="the owner then; empty where one of a batch was opened"
            ),
        ),
        migrations.AddField(
            model_name="releasegrant",
            name="subject_kind",
            field=models.SmallIntegerField(choices=[(0, "dataset"), (1, "model")], default=0),
        ),
        migrations.AddField(
            model_name="releasegrant",
            name="file_name",
            field=models.CharField(blank=True, default="", help_text="of a model's file", max_length=100),
        ),
        migrations.RunSQL(PUBLISHERS, migrations.RunSQL.noop),
        migrations.RunSQL(OWNERS, migrations.RunSQL.noop),
    ]
