from django.db import models


class ProjectedModel(models.Model):
    """A row that follows from chain events alone.

    It is written only by a projections module, inside the follower's transaction; the database refuses any
    other write (`chain.journal.block_scope` opens it for tests). The key is a natural one (token_id, job_id),
    there is no clock of ours and nothing that a user writes in it. Its migration installs the journal with
    `chain.migration_operations.JournalTable("<table>")`.
    """

    class Meta:
        abstract = True
