from django.db import models


class JournalEntry(models.Model):
    """One change of one projected row, with what undoes it; written by the database's trigger alone."""

    block_number = models.BigIntegerField(db_index=True)
    table_name = models.TextField()
    operation = models.CharField(max_length=1, help_text="I inserted, U updated, D deleted")
    row_key = models.JSONField(
        help_text="the row's primary key after the change, before it where it was deleted"
    )
    old_row = models.JSONField(null=True, help_text="the row before the change; none where it was inserted")

    class Meta:
        db_table = "chain_journal"
        verbose_name_plural = "journal entries"

    def __str__(self) -> str:
        return f"{self.operation} {self.table_name} at block {self.block_number}"
