"""Sales of a model itself."""

from django.db import migrations, models

import common.fields
from chain.migration_operations import JournalTable

RIGHTS = [(1, "download"), (2, "compute"), (3, "predict"), (4, "own")]


class Migration(migrations.Migration):
    dependencies = [("chain", "0002_journal_functions"), ("marketplace", "0008_whose_files")]

    operations = [
        migrations.CreateModel(
            name="ModelSale",
            fields=[
                ("listing_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("token_id", models.BigIntegerField(db_index=True)),
                ("seller", common.fields.AddressField(db_index=True)),
                ("buyer", common.fields.AddressField(db_index=True)),
                ("payment_token", common.fields.AddressField()),
                ("price_units", common.fields.Uint256Field()),
                ("treasury_fee_units", common.fields.Uint256Field()),
                ("royalty_units", common.fields.Uint256Field()),
                ("sold_block", models.BigIntegerField()),
                ("sold_at", models.DateTimeField()),
                ("sold_tx", common.fields.Bytes32Field()),
            ],
            options={"ordering": ["-sold_block", "-listing_id"]},
        ),
        JournalTable("marketplace_modelsale"),
        migrations.AlterField("listing", "right", models.SmallIntegerField(choices=RIGHTS)),
        migrations.AlterField("accesspass", "right", models.SmallIntegerField(choices=RIGHTS)),
        migrations.AlterField(
            "catalogueentry",
            "offer_right",
            models.SmallIntegerField(choices=RIGHTS, help_text="of the open listing", null=True),
        ),
    ]
