"""How often each model changed hands, counted from the stored events, and with it the epoch of model listings."""

from django.db import migrations, models

from chain.migration_operations import JournalTable

BACKFILL = """
DO $$
DECLARE
    event chain_chainevent;
    moved bigint;
BEGIN
    FOR event IN
        SELECT * FROM chain_chainevent
        WHERE (contract = 'ModelToken' AND name = 'Transfer'
                AND args ->> 'from' <> '0x0000000000000000000000000000000000000000')
            OR (contract = 'DataMarket' AND name = 'Listed' AND args ->> 'subject_kind' = '1')
        ORDER BY block_number, log_index
    LOOP
        IF event.name = 'Transfer' THEN
            PERFORM set_config('chain.block', event.block_number::text, true);
            INSERT INTO marketplace_modeltransfers (token_id, transfers)
                VALUES ((event.args ->> 'tokenId')::bigint, 1)
                ON CONFLICT (token_id) DO UPDATE SET transfers = marketplace_modeltransfers.transfers + 1;
        ELSE
            PERFORM set_config('chain.block', 'unrecorded', true);
            moved := coalesce((SELECT transfers FROM marketplace_modeltransfers
                WHERE token_id = (event.args ->> 'subject_id')::bigint), 0);
            UPDATE marketplace_listing SET subject_epoch = moved
                WHERE listing_id = (event.args ->> 'listing_id')::bigint;
            -- A reorganisation must not bring the old epoch back.
            UPDATE chain_journal SET old_row = jsonb_set(old_row, '{subject_epoch}', to_jsonb(moved))
                WHERE table_name = 'marketplace_listing' AND old_row IS NOT NULL
                    AND row_key ->> 'listing_id' = event.args ->> 'listing_id';
        END IF;
    END LOOP;
    PERFORM set_config('chain.block', '', true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("chain", "0002_journal_functions"), ("marketplace", "0005_row_sketches")]

    operations = [
        migrations.CreateModel(
            name="ModelTransfers",
            fields=[
                ("token_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("transfers", models.BigIntegerField()),
            ],
            options={"verbose_name_plural": "model transfers", "ordering": ["-token_id"]},
        ),
        migrations.AlterField(
            model_name="listing",
            name="subject_epoch",
            field=models.BigIntegerField(default=0, help_text="transfers of the subject before the listing"),
        ),
        JournalTable("marketplace_modeltransfers"),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
