"""What the follower has read: blocks, events, how far it has come, and the reorganisations that it met."""

from django.db import models

from common.fields import AddressField, Bytes32Field


class Block(models.Model):
    """A block to which we can rewind; older ones are pruned with the journal."""

    number = models.BigIntegerField(primary_key=True)
    hash = Bytes32Field(unique=True)
    parent_hash = Bytes32Field()
    timestamp = models.BigIntegerField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"block {self.number}"


class ChainEvent(models.Model):
    """A decoded log of one of our contracts, on the chain that we take for the true one."""

    block_number = models.BigIntegerField()
    log_index = models.IntegerField()
    block_hash = Bytes32Field()
    block_timestamp = models.BigIntegerField()
    tx_hash = Bytes32Field(db_index=True)
    address = AddressField()
    contract = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    args = models.JSONField()

    class Meta:
        ordering = ["block_number", "log_index"]
        constraints = [
            models.UniqueConstraint(fields=["block_hash", "log_index"], name="chain_event_once_a_block"),
            models.UniqueConstraint(fields=["block_number", "log_index"], name="chain_event_one_chain"),
        ]
        indexes = [models.Index(fields=["contract", "name"], name="chain_event_by_name")]

    def __str__(self) -> str:
        return f"{self.contract}.{self.name} in block {self.block_number}"


class IndexCursor(models.Model):
    """How far the follower has come: one row, moved in the transaction that writes the events."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    chain_id = models.BigIntegerField()
    genesis_hash = Bytes32Field()
    contracts_digest = Bytes32Field(help_text="which set of contracts the events are of")
    head_number = models.BigIntegerField()
    head_hash = Bytes32Field()
    head_timestamp = models.BigIntegerField()
    deep_number = models.BigIntegerField(
        default=-1, help_text="newest block that counts as final; -1 for none"
    )
    projections_digest = Bytes32Field(
        blank=True,
        default="",
        db_default="",
        help_text="which code the projected rows are of; empty: unknown",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="chain_one_cursor")]

    def __str__(self) -> str:
        return f"chain {self.chain_id} up to block {self.head_number}"


class Reorg(models.Model):
    """A reorganisation that the follower met and undid."""

    fork_number = models.BigIntegerField(help_text="the last block that both chains share")
    old_head_number = models.BigIntegerField()
    old_head_hash = Bytes32Field()
    deep_number = models.BigIntegerField(help_text="what counted as final before")
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.depth} blocks above {self.fork_number}"

    @property
    def depth(self) -> int:
        return self.old_head_number - self.fork_number

    @property
    def is_beyond_depth(self) -> bool:
        """Whether blocks that counted as final were undone."""
        return self.fork_number < self.deep_number
