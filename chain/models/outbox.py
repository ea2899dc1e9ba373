"""What we want to send, what we signed for it, and the nonces of our accounts."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from common.fields import AddressField, Bytes32Field, Uint256Field


class OutboxEntry(models.Model):
    """An intention to have one transaction mined, whatever crashes on the way."""

    class State(models.TextChoices):
        PENDING = "PENDING"
        SIGNED = "SIGNED"
        SENT = "SENT"
        MINED = "MINED"
        FINAL = "FINAL"
        FAILED = "FAILED"

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    sender = models.CharField(max_length=60, help_text="name of the key that signs")
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    error = models.TextField(blank=True, help_text="why it failed, or why it waits")
    attempts = models.IntegerField(default=0, help_text="tries to build and sign")
    not_before = models.DateTimeField(null=True, blank=True, help_text="a waiting entry is not tried earlier")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "outbox entries"
        indexes = [
            models.Index(
                fields=["id"],
                name="chain_outbox_open",
                condition=~models.Q(state__in=["FINAL", "FAILED"]),
            ),
            models.Index(
                fields=["updated_at"], name="chain_outbox_failed", condition=models.Q(state="FAILED")
            ),
            GinIndex(fields=["payload"], opclasses=["jsonb_path_ops"], name="chain_outbox_payload"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"

    @property
    def tx_hash(self) -> str | None:
        """Of the newest nonce the transaction that was mined, else the newest signed; None before both."""
        signed = list(self.transactions.all())
        last = [one for one in signed if one.nonce == signed[-1].nonce]
        mined = [one for one in last if one.mined_block_number is not None]
        return (mined or last)[-1].tx_hash if signed else None


class OutboxTransaction(models.Model):
    """A signed transaction of an entry; replacements share its nonce, so that at most one is ever mined."""

    entry = models.ForeignKey(OutboxEntry, on_delete=models.PROTECT, related_name="transactions")
    sender_address = AddressField()
    nonce = models.BigIntegerField()
    raw = models.BinaryField(help_text="the signed bytes; a broadcast after a crash sends exactly these")
    tx_hash = Bytes32Field(unique=True)
    gas_limit = models.BigIntegerField()
    max_fee_wei = Uint256Field()
    priority_fee_wei = Uint256Field()
    signed_at = models.DateTimeField()
    broadcast_at = models.DateTimeField(
        null=True, help_text="newest broadcast; none where there was none yet"
    )
    mined_block_number = models.BigIntegerField(null=True)
    mined_block_hash = Bytes32Field(null=True)
    succeeded = models.BooleanField(null=True, help_text="the receipt's word; none while not mined")
    gas_used = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["sender_address"], name="chain_outbox_signer")]

    def __str__(self) -> str:
        return f"{self.tx_hash} nonce {self.nonce}"


class SenderAccount(models.Model):
    """The next nonce of an account of ours; its row lock makes nonces gapless whoever signs."""

    address = AddressField(primary_key=True)
    next_nonce = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.address} next nonce {self.next_nonce}"
