"""The trigger and the functions of the journal; their text stands beside this file as SQL."""

from pathlib import Path

from django.db import migrations

CREATE = Path(__file__).with_suffix(".sql").read_text()
DROP = """
DROP FUNCTION chain_journal_undo(bigint);
DROP FUNCTION chain_journal_undo_one(chain_journal);
DROP FUNCTION chain_journal_remove(text);
DROP FUNCTION chain_journal_install(text);
DROP FUNCTION chain_journal_record();
"""


class Migration(migrations.Migration):
    dependencies = [("chain", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
