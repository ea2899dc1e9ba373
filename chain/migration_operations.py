"""Migration operations for tables that follow from chain events."""

from typing import Any

from django.db.migrations.operations.base import Operation


class JournalTable(Operation):
    """Puts a table under the chain journal, so that a reorganisation can undo its rows.

    From then on the table can be written only inside `chain.journal.block_scope`. It goes after the table's
    CreateModel, in a migration that depends on ("chain", "0001_initial"). The table needs a primary key.
    """

    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.table], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models are unchanged."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute("SELECT chain_journal_install(%s)", [self.table])

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute("SELECT chain_journal_remove(%s)", [self.table])

    def describe(self) -> str:
        return f"Put {self.table} under the chain journal"
